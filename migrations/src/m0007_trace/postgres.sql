-- The request that made a change, as W3C's `traceparent`, so that a trace goes on where the change is indexed. A writer
-- that is traced sets `souk.trace` in its transaction; for all others it is null. Triggers need not know of it.
--
-- In two steps: the rows that wait are not written anew.
ALTER TABLE outbox ADD COLUMN trace text;
ALTER TABLE outbox ALTER COLUMN trace SET DEFAULT nullif(current_setting('souk.trace', true), '');
