-- What the SQL engine searches of a bulk load is made after its commit: a bulk load only notes its products here. Single
-- edits are searchable with their commit, as before. A product may be noted more than once.
CREATE TABLE search_pending (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL
);

-- Brings what is searched up to date, or notes that it has to be, in a bulk load.
CREATE FUNCTION souk_search_due(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('souk.bulk', true) = 'on' THEN
        INSERT INTO search_pending (product_id) SELECT DISTINCT id FROM unnest(touched) AS id;
    ELSE
        PERFORM souk_search_refresh(touched);
    END IF;
END $$;

-- The functions below are as before but for that.

CREATE OR REPLACE FUNCTION souk_search_changed(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting text := current_setting('souk.search_waiting', true);
BEGIN
    IF cardinality(touched) = 0 THEN
        RETURN;
    END IF;
    IF coalesce(waiting, '') = '' THEN
        PERFORM souk_search_due(touched);
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
        PERFORM souk_search_due(ARRAY(SELECT DISTINCT id FROM unnest(waiting) AS id));
    END IF;
END $$;
