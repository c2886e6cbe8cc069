-- A session that searches for the same under several versions of the settings is one session: else one person could be as
-- many as it takes for a query to be offered to others. `settings` is the version that answered first.
CREATE TABLE visitors (
    tenant_id INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    query     INTEGER NOT NULL,
    settings  INTEGER NOT NULL,
    token     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, query, token)
) WITHOUT ROWID;
INSERT OR IGNORE INTO visitors (tenant_id, day, query, settings, token)
SELECT tenant_id, day, query, settings, token FROM search_visitors ORDER BY settings;
DROP TABLE search_visitors;
ALTER TABLE visitors RENAME TO search_visitors;
