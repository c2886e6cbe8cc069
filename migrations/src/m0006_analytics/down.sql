DROP TABLE suggested_queries;
DROP TABLE earned_popularity;
DROP TABLE search_batches;
DROP TABLE search_events_seen;
DROP TABLE search_visitors;
DROP TABLE search_product_days;
DROP TABLE search_days;
DROP TABLE search_queries;
