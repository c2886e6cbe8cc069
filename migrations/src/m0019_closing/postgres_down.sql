CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace(pg_get_functiondef(function), was, becomes);
END $$;
SELECT souk_amend('souk_search_refresh(bigint[])', ' AND p.is_hidden = 0 THEN', ' THEN');
SELECT souk_amend('souk_search_updated()', ' n.is_hidden,', '');
SELECT souk_amend('souk_search_updated()', ' o.is_hidden,', '');
SELECT souk_amend('souk_outbox_products_updated()', ' n.is_hidden,', '');
SELECT souk_amend('souk_outbox_products_updated()', ' o.is_hidden,', '');
SELECT souk_amend('souk_outbox_categories_updated()', ' n.closed_at,', '');
SELECT souk_amend('souk_outbox_categories_updated()', ' o.closed_at,', '');
DROP FUNCTION souk_amend;
DROP FUNCTION souk_closed_products_inserted, souk_closed_products_updated, souk_closed_sellers_updated,
    souk_closed_categories_updated, souk_outbox_sellers_updated CASCADE;
DROP FUNCTION souk_refresh_closed;
CREATE TRIGGER sellers_updated AFTER UPDATE ON sellers REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_named_updated('seller');
DROP VIEW closed_categories;
-- Products of what was closed become drafts: nothing else would keep them hidden.
UPDATE products SET status = 'draft' WHERE is_hidden = 1 AND variant_count > 0 AND status = 'active';
ALTER TABLE products DROP COLUMN is_hidden;
ALTER TABLE categories DROP COLUMN closed_at;
ALTER TABLE sellers DROP COLUMN closed_at;
