DROP TABLE scheduled_tasks, index_jobs, dead_letters, outbox, reviews, variants, products, fandoms, categories, sellers, tenants;
DROP SEQUENCE index_version;
DROP FUNCTION souk_refuse_truncate, souk_reviews_updated, souk_reviews_deleted, souk_reviews_inserted,
    souk_add_ratings, souk_variants_updated, souk_variants_deleted, souk_variants_inserted, souk_roll_up_variants,
    souk_outbox_named_updated, souk_outbox_categories_updated, souk_outbox_products_updated, souk_outbox_deleted,
    souk_outbox_inserted, souk_now_ms;
