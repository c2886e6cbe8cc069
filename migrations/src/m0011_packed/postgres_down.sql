ALTER TABLE search_products DROP COLUMN packed;
DROP FUNCTION souk_packed;
