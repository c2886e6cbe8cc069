DROP INDEX search_queries_last_day;
DROP INDEX search_batches_added_at;
