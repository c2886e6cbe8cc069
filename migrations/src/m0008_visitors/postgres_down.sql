ALTER TABLE search_visitors
    DROP CONSTRAINT search_visitors_pkey,
    ADD PRIMARY KEY (tenant_id, day, query, settings, token);
