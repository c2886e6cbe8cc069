-- What the SQL engine searches of a bulk load is made after its commit: a bulk load only notes its products here. Single
-- edits are searchable with their commit, as before.
CREATE TABLE search_pending (product_id INTEGER PRIMARY KEY);

-- Holds a row while a bulk load's transaction is under way. SQLite has one writer at a time, so nobody else sees it.
CREATE TABLE bulk_load (only_one INTEGER PRIMARY KEY CHECK (only_one = 1));

-- Products whose totals a bulk load brings up to date before it commits: once, however many variants it added.
CREATE TABLE bulk_totals (product_id INTEGER PRIMARY KEY);
DROP TRIGGER variants_inserted;
-- As before, but totals are brought up to date once in a bulk load.
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
    INSERT INTO product_totals_due (product_id) VALUES (NEW.product_id);
END;

-- A procedure, as those below.
CREATE VIEW product_totals_due (product_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER product_totals_due_now INSTEAD OF INSERT ON product_totals_due
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER product_totals_due_later INSTEAD OF INSERT ON product_totals_due
WHEN EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO bulk_totals (product_id) SELECT NEW.product_id
    WHERE NOT EXISTS (SELECT 1 FROM bulk_totals WHERE product_id = NEW.product_id);
END;

-- Procedures: what is inserted here is done, and nothing is stored. `search_refresh` brings what is searched of a product
-- up to date, or notes that it has to be; `search_projected` does it in any case.
CREATE VIEW search_projected (product_id) AS SELECT 0 WHERE 0;

DROP TRIGGER search_refreshed;
CREATE TRIGGER search_refreshed INSTEAD OF INSERT ON search_refresh
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_projected (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER search_refresh_noted INSTEAD OF INSERT ON search_refresh
WHEN EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_pending (product_id) SELECT NEW.product_id
    WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE product_id = NEW.product_id);
END;

-- The body is that of `search_refreshed` before.
CREATE TRIGGER search_projecting INSTEAD OF INSERT ON search_projected BEGIN
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

-- A new variant of a product that waits is made searchable with it.
DROP TRIGGER variants_search_inserted;
DROP TRIGGER variants_search_options_inserted;
CREATE TRIGGER variants_search_inserted AFTER INSERT ON variants
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_code_added (product_id, tenant_id, code) VALUES (NEW.product_id, NEW.tenant_id, NEW.sku);
    INSERT INTO search_code_added (product_id, tenant_id, code)
    SELECT NEW.product_id, NEW.tenant_id, NEW.gtin WHERE NEW.gtin IS NOT NULL;
END;
CREATE TRIGGER variants_search_options_inserted AFTER INSERT ON variants
WHEN NOT EXISTS (SELECT 1 FROM bulk_load) AND EXISTS (
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
CREATE TRIGGER variants_search_noted AFTER INSERT ON variants
WHEN EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_refresh (product_id) VALUES (NEW.product_id);
END;
