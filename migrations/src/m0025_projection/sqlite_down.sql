INSERT INTO search_projected (product_id) SELECT product_id FROM search_pending;
DROP TRIGGER search_refreshed;
DROP TRIGGER search_refresh_noted;
DROP TRIGGER variants_search_noted;
DROP TRIGGER variants_inserted;
DROP TRIGGER variants_search_inserted;
DROP TRIGGER variants_search_options_inserted;
DROP VIEW search_projected;
DROP VIEW product_totals_due;
DROP TABLE bulk_totals;
DROP TABLE bulk_load;
DROP TABLE search_pending;
CREATE TRIGGER search_refreshed INSTEAD OF INSERT ON search_refresh BEGIN
    INSERT INTO search_words_refresh (product_id) VALUES (NEW.product_id);

    DELETE FROM search_codes WHERE product_id = NEW.product_id;
    INSERT INTO search_codes (product_id, tenant_id, code)
    SELECT DISTINCT product_id, tenant_id, (
        SELECT group_concat(letter, '')
        FROM (SELECT substr(lower(code), place, 1) AS letter
              FROM search_places WHERE place <= length(code) ORDER BY place)
        WHERE letter GLOB '[a-z0-9]' OR letter > '~'
    ) AS normal
    FROM (
        SELECT id AS product_id, tenant_id, external_id AS code FROM products WHERE id = NEW.product_id
        UNION
        SELECT v.product_id, v.tenant_id, v.sku
        FROM variants v JOIN products p ON p.id = v.product_id WHERE v.product_id = NEW.product_id
        UNION
        SELECT v.product_id, v.tenant_id, v.gtin
        FROM variants v JOIN products p ON p.id = v.product_id WHERE v.product_id = NEW.product_id
        UNION
        SELECT a.product_id, a.tenant_id, a.value FROM search_attributes a
        WHERE a.product_id = NEW.product_id AND a.of_product
          AND replace(replace(lower(a.name), ' ', '_'), '-', '_') IN ('mpn', 'part_number', 'model', 'model_number')
          AND NOT EXISTS (SELECT 1 FROM attribute_definitions d
                          WHERE d.tenant_id = a.tenant_id AND d.name = a.name AND d.searched = 0)
    )
    WHERE normal <> '';
END;

CREATE TRIGGER variants_search_inserted AFTER INSERT ON variants BEGIN
    INSERT INTO search_code_added (product_id, tenant_id, code) VALUES (NEW.product_id, NEW.tenant_id, NEW.sku);
    INSERT INTO search_code_added (product_id, tenant_id, code)
    SELECT NEW.product_id, NEW.tenant_id, NEW.gtin WHERE NEW.gtin IS NOT NULL;
END;

CREATE TRIGGER variants_search_options_inserted AFTER INSERT ON variants
WHEN EXISTS (
    SELECT 1 FROM json_each(NEW.options) AS option
    WHERE NOT EXISTS (
        SELECT 1 FROM search_attributes
        WHERE product_id = NEW.product_id AND name = option.key AND value = CAST(option.value AS TEXT)
    ) AND NOT EXISTS (
        SELECT 1 FROM attribute_definitions d
        WHERE d.tenant_id = NEW.tenant_id AND d.name = option.key AND d.visibility = 'internal'
    )
)
BEGIN
    INSERT INTO search_words_refresh (product_id) VALUES (NEW.product_id);
END;

CREATE TRIGGER variants_inserted AFTER INSERT ON variants BEGIN
    -- As `offers_charged` has it, without a look at the table.
    INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, reduced_since)
    SELECT NEW.tenant_id, NEW.id, p.currency, c.price, c.now, CASE WHEN NEW.list_price > c.price THEN c.now END
    FROM products p JOIN (
        SELECT now, CASE WHEN coalesce(NEW.sale_from <= now, 1) AND coalesce(NEW.sale_until > now, 1) THEN NEW.price
                         ELSE coalesce(NEW.list_price, NEW.price) END AS price
        FROM (SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now)
    ) c
    WHERE p.id = NEW.product_id;
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
END;
