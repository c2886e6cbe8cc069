-- With the triggers that use them; the functions of the base schema and its triggers are made anew.
DROP FUNCTION souk_refuse_truncate, souk_reviews_updated, souk_reviews_deleted, souk_reviews_inserted, souk_add_ratings,
    souk_variants_updated, souk_variants_deleted, souk_variants_inserted, souk_roll_up_variants,
    souk_outbox_named_updated, souk_outbox_categories_updated, souk_outbox_products_updated, souk_outbox_deleted,
    souk_outbox_inserted CASCADE;
DROP FUNCTION souk_tell CASCADE;
DROP FUNCTION souk_outbox_priority;
ALTER TABLE outbox ALTER COLUMN priority SET DEFAULT 0;
