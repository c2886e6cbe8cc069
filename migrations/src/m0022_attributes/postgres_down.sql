CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace(pg_get_functiondef(function), was, becomes);
END $$;
SELECT souk_amend('souk_search_refresh(bigint[])', 'WHERE value IS NOT NULL AND NOT EXISTS (
            SELECT FROM attribute_definitions d
            WHERE d.tenant_id = both_sources.tenant_id AND d.name = both_sources.name AND d.visibility = ''internal'')
', 'WHERE value IS NOT NULL
');
SELECT souk_amend('souk_search_refresh(bigint[])', 'bool_or(of_product) AS of_product, NOT EXISTS (
                   SELECT FROM attribute_definitions d
                   WHERE d.tenant_id = both_sources.tenant_id AND d.name = both_sources.name AND d.searched = 0
               ) AS is_searched
', 'bool_or(of_product) AS of_product
');
SELECT souk_amend('souk_search_refresh(bigint[])', ' FILTER (WHERE is_searched) AS text', ' AS text');
SELECT souk_amend('souk_search_refresh(bigint[])', 'WHERE of_product AND is_searched AND translate', 'WHERE of_product AND translate');
DROP FUNCTION souk_amend;

-- What was left out of search is in it again, since nothing tells of it any more.
SELECT souk_search_refresh(ARRAY(
    SELECT DISTINCT p.id FROM products p
    JOIN attribute_definitions d ON d.tenant_id = p.tenant_id AND d.searched = 0
    WHERE p.attributes ? d.name OR (d.name = 'tags' AND p.tags <> '[]')
       OR EXISTS (SELECT FROM variants v WHERE v.product_id = p.id AND v.options ? d.name)));
INSERT INTO outbox (tenant_id, entity, entity_id, priority)
SELECT DISTINCT p.tenant_id, 'product', p.id, 1 FROM products p
JOIN attribute_definitions d ON d.tenant_id = p.tenant_id AND d.searched = 0
WHERE p.attributes ? d.name OR (d.name = 'tags' AND p.tags <> '[]')
   OR EXISTS (SELECT FROM variants v WHERE v.product_id = p.id AND v.options ? d.name);

DROP TABLE attribute_definitions;
DROP TABLE attribute_names;
DROP TABLE attribute_revisions;
DROP FUNCTION souk_attributes_inserted, souk_attributes_updated, souk_attributes_deleted, souk_attributes_changed,
    souk_attributes_revised;
DROP INDEX search_values_name;
DELETE FROM outbox WHERE entity = 'attribute';
ALTER TABLE outbox DROP CONSTRAINT outbox_entity_check,
    ADD CONSTRAINT outbox_entity_check CHECK (entity IN ('product', 'category', 'fandom', 'seller'));
