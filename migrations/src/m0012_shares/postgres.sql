-- Of a wide result a share is counted: half of the products, a quarter, and so on. Each product had one mark of twelve bits
-- that were chosen by chance, and a share was all marks that begin with so many zeros: hundreds of short lists in the index.
-- Now each share has a mark of its own, and each product on average one: `~7/1` for half of the products of marketplace
-- 7, `~7/2` for half of these, down to `~7/12`.
CREATE FUNCTION souk_share_marks(tenant bigint, product bigint) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY(
        SELECT '~' || tenant || '/' || halvings
        FROM generate_series(1, 12 - length(ltrim(('x' || left(md5(product::text), 3))::bit(12)::text, '0'))) AS halvings)
$$;

-- One line of the function that writes the marks; the rest of it stays as it is.
DO $$
DECLARE
    was text := pg_get_functiondef('souk_search_refresh(bigint[])'::regprocedure);
    becomes text := regexp_replace(
        was, $x$,\s*'~' \|\| p\.tenant_id \|\| '\.' \|\| [^\n]*::bit\(12\)\] END$x$,
        $x$] || souk_share_marks(p.tenant_id, p.id) END$x$);
BEGIN
    IF becomes = was THEN
        RAISE EXCEPTION 'souk_search_refresh does not write the marks that are to be replaced';
    END IF;
    EXECUTE becomes;
END $$;

CREATE FUNCTION souk_shared(product bigint, words tsvector) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT ts_delete(words, '~' || p.tenant_id || '.' || ('x' || left(md5(p.id::text), 3))::bit(12))
               || array_to_tsvector(souk_share_marks(p.tenant_id, p.id))
        FROM products p WHERE p.id = product AND p.status = 'active'), words)
$$;
-- Writes the table and its index anew, which takes less long than to change each row in place.
ALTER TABLE search_products ALTER COLUMN words TYPE tsvector USING souk_shared(id, words);
DROP FUNCTION souk_shared;
