-- Search configurations: a row a version, never changed.
CREATE TABLE search_config_versions (
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL CHECK (number > 0),
    -- The whole of it, as JSON.
    document   TEXT    NOT NULL,
    note       TEXT,
    author     TEXT,
    created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    PRIMARY KEY (tenant_id, number)
);

-- Which version is in force. A tenant without a row has none.
CREATE TABLE search_configs (
    tenant_id  INTEGER PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    live       INTEGER NOT NULL,
    -- The version that some sessions are given in an experiment, and to how many of a hundred.
    candidate  INTEGER,
    share      INTEGER CHECK (share BETWEEN 1 AND 99),
    -- Grows with every change of this row, for whoever looks whether there was one.
    revision   INTEGER NOT NULL DEFAULT 1,
    FOREIGN KEY (tenant_id, live) REFERENCES search_config_versions (tenant_id, number),
    FOREIGN KEY (tenant_id, candidate) REFERENCES search_config_versions (tenant_id, number),
    CHECK ((candidate IS NULL) = (share IS NULL))
);

-- Who put what in force.
CREATE TABLE search_config_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    action     TEXT    NOT NULL CHECK (action IN ('saved', 'activated', 'experiment_started', 'experiment_ended')),
    -- The version that the action was about.
    version    INTEGER NOT NULL,
    share      INTEGER,
    author     TEXT,
    created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
);
CREATE INDEX search_config_events_tenant ON search_config_events (tenant_id, id);
