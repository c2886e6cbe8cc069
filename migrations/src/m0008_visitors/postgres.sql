-- A session that searches for the same under several versions of the settings is one session: else one person could be as
-- many as it takes for a query to be offered to others. `settings` is the version that answered first.
DELETE FROM search_visitors v USING search_visitors other
WHERE v.tenant_id = other.tenant_id AND v.day = other.day AND v.query = other.query AND v.token = other.token
  AND v.settings > other.settings;
ALTER TABLE search_visitors
    DROP CONSTRAINT search_visitors_pkey,
    ADD PRIMARY KEY (tenant_id, day, query, token);
