-- The request that made a change, as W3C's `traceparent`. SQLite has no settings of a transaction, and whoever embeds it
-- embeds the indexer, too: it stays null but for rows that follow from others.
ALTER TABLE outbox ADD COLUMN trace TEXT;
