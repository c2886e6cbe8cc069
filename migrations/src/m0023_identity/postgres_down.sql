DROP FUNCTION souk_slugs_inserted, souk_slugs_updated, souk_slugs_deleted CASCADE;
DROP TABLE former_slugs;
