-- What is old is found without reading all.
CREATE INDEX search_queries_last_day ON search_queries (tenant_id, last_day);
CREATE INDEX search_batches_added_at ON search_batches (added_at);
