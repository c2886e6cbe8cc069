DO $$
DECLARE
    was text := pg_get_functiondef('souk_search_refresh(bigint[])'::regprocedure);
    becomes text := replace(
        was, '] || souk_share_marks(p.tenant_id, p.id) END',
        $x$, '~' || p.tenant_id || '.' || ('x' || left(md5(p.id::text), 3))::bit(12)] END$x$);
BEGIN
    IF becomes = was THEN
        RAISE EXCEPTION 'souk_search_refresh does not write the marks that are to be replaced';
    END IF;
    EXECUTE becomes;
END $$;

CREATE FUNCTION souk_unshared(product bigint, words tsvector) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT ts_delete(words, souk_share_marks(p.tenant_id, p.id))
               || array_to_tsvector(ARRAY['~' || p.tenant_id || '.' || ('x' || left(md5(p.id::text), 3))::bit(12)])
        FROM products p WHERE p.id = product AND p.status = 'active'), words)
$$;
ALTER TABLE search_products ALTER COLUMN words TYPE tsvector USING souk_unshared(id, words);
DROP FUNCTION souk_unshared, souk_share_marks;
