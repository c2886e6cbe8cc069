SELECT souk_search_refresh(ARRAY(SELECT DISTINCT product_id FROM search_pending));
CREATE OR REPLACE FUNCTION souk_search_changed(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting text := current_setting('souk.search_waiting', true);
BEGIN
    IF cardinality(touched) = 0 THEN
        RETURN;
    END IF;
    IF coalesce(waiting, '') = '' THEN
        PERFORM souk_search_refresh(touched);
    ELSE
        PERFORM set_config('souk.search_waiting', (waiting::bigint[] || touched)::text, true);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION souk_search_catch_up() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting bigint[] := nullif(current_setting('souk.search_waiting', true), '')::bigint[];
BEGIN
    PERFORM set_config('souk.search_waiting', '', true);
    IF cardinality(waiting) > 0 THEN
        PERFORM souk_search_refresh(ARRAY(SELECT DISTINCT id FROM unnest(waiting) AS id));
    END IF;
END $$;
DROP FUNCTION souk_search_due;
DROP TABLE search_pending;
