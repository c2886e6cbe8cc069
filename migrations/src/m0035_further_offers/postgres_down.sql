CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    body text := pg_get_functiondef(function);
BEGIN
    IF position(was IN body) = 0 THEN
        RAISE EXCEPTION '% has no `%` to be replaced', function, was;
    END IF;
    EXECUTE replace(body, was, becomes);
END $$;
SELECT souk_amend('souk_closed_sellers_updated()', $amend$        shared := ARRAY(
            SELECT o.product_id FROM offers o JOIN sellers s ON s.tenant_id = o.tenant_id AND s.id = o.seller_id
            WHERE s.id = ANY (changed)
            UNION
            SELECT p.id FROM sellers s JOIN products p ON p.tenant_id = s.tenant_id AND p.seller_id = s.id
            WHERE s.id = ANY (changed) AND p.offer_count IS NOT NULL);
        IF cardinality(shared) > 0 THEN
            PERFORM souk_roll_up_variants(shared);
            PERFORM souk_search_changed(shared);
        END IF;
        PERFORM souk_refresh_closed(ARRAY(
$amend$, $amend$        PERFORM souk_refresh_closed(ARRAY(
$amend$);
SELECT souk_amend('souk_closed_sellers_updated()', $amend$        WHERE (n.closed_at IS NULL) <> (o.closed_at IS NULL) ORDER BY n.id);
    shared bigint[];
$amend$, $amend$        WHERE (n.closed_at IS NULL) <> (o.closed_at IS NULL) ORDER BY n.id);
$amend$);
SELECT souk_amend('souk_closed_products_updated()', $amend$coalesce(o.offer_count, o.variant_count) = 0, o.offer_count IS NULL)$amend$, $amend$o.variant_count = 0)$amend$);
SELECT souk_amend('souk_closed_products_updated()', $amend$coalesce(n.offer_count, n.variant_count) = 0, n.offer_count IS NULL)$amend$, $amend$n.variant_count = 0)$amend$);
SELECT souk_amend('souk_refresh_closed(bigint[])', $amend$(coalesce(p.offer_count, p.variant_count) = 0 OR p.offer_count IS NULL AND s.closed_at IS NOT NULL
$amend$, $amend$(p.variant_count = 0 OR s.closed_at IS NOT NULL
$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$               t.price_changes_at, t.offer_count)
$amend$, $amend$               t.price_changes_at)
$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$               p.price_changes_at, p.offer_count)
$amend$, $amend$               p.price_changes_at)
$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$            price_changes_at = t.price_changes_at, offer_count = t.offer_count
$amend$, $amend$            price_changes_at = t.price_changes_at
$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$                FROM (
                    SELECT id, id AS priced_id, product_id, price, list_price, sale_from, sale_until, stock, stock_policy,
                           position
                    FROM variants WHERE product_id = ANY (touched) AND product_id <> ALL (shared)
                    UNION ALL
                    SELECT id, CASE offer_id WHEN 0 THEN id ELSE -offer_id END, product_id, price, list_price, sale_from,
                           sale_until, stock, stock_policy, position
                    FROM open_offers WHERE product_id = ANY (shared)
                ) sold
$amend$, $amend$                FROM variants WHERE product_id = ANY (touched)
$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$WHERE r.variant_id = v.priced_id AND r.currency$amend$, $amend$WHERE r.variant_id = v.id AND r.currency$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$AS stock,
               CASE WHEN p.id = ANY (shared) THEN (SELECT count(*) FROM variants WHERE product_id = p.id)
                    ELSE count(v.id) END AS variant_count,
               CASE WHEN p.id = ANY (shared) THEN count(v.id) END AS offer_count,
$amend$, $amend$AS stock, count(v.id) AS variant_count,
$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$    PERFORM souk_record_prices(touched, now);
    shared := ARRAY(SELECT DISTINCT product_id FROM offers WHERE product_id = ANY (touched));
$amend$, $amend$    PERFORM souk_record_prices(touched, now);
$amend$);
SELECT souk_amend('souk_roll_up_variants(bigint[])', $amend$    now bigint := souk_now_ms();
    shared bigint[];
$amend$, $amend$    now bigint := souk_now_ms();
$amend$);
SELECT souk_amend('souk_record_prices(bigint[], bigint)', $amend$        JOIN (
            SELECT tenant_id, product_id, id, price, list_price, sale_from, sale_until
            FROM variants WHERE product_id = ANY (touched)
            UNION ALL
            -- The history of a further offer is kept under its id, negated.
            SELECT tenant_id, product_id, -id, price, list_price, sale_from, sale_until
            FROM offers WHERE product_id = ANY (touched)
        ) v ON v.product_id = p.id
$amend$, $amend$        JOIN variants v ON v.product_id = p.id
$amend$);
SELECT souk_amend('souk_search_updated()', $amend$(n.price_min, n.price_max, coalesce(n.offer_count, n.variant_count),$amend$, $amend$(n.price_min, n.price_max, n.variant_count,$amend$);
SELECT souk_amend('souk_search_updated()', $amend$variant_count = coalesce(n.offer_count, n.variant_count),$amend$, $amend$variant_count = n.variant_count,$amend$);
SELECT souk_amend('souk_variants_updated()', $amend$o.stock_policy, o.condition,$amend$, $amend$o.stock_policy,$amend$);
SELECT souk_amend('souk_variants_updated()', $amend$n.stock_policy, n.condition,$amend$, $amend$n.stock_policy,$amend$);
DROP FUNCTION souk_amend;
-- Only the product's own sellers' offers stay.
DROP TABLE offers CASCADE;
DROP VIEW IF EXISTS open_offers;
DROP FUNCTION souk_offers_inserted, souk_offers_updated, souk_offers_deleted, souk_offer_checked;
DROP FUNCTION souk_product_seller_checked, souk_product_seller_updated CASCADE;
DELETE FROM offer_prices WHERE variant_id < 0;
SELECT souk_roll_up_variants(ARRAY(SELECT id FROM products WHERE offer_count IS NOT NULL));
SELECT souk_refresh_closed(ARRAY(SELECT id FROM products WHERE offer_count IS NOT NULL));
ALTER TABLE products DROP COLUMN offer_count;
ALTER TABLE tenants DROP COLUMN shares_products;
ALTER TABLE variants DROP COLUMN condition;
