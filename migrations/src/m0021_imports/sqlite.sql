CREATE TABLE import_jobs (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id        INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    state            TEXT NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'queued', 'running', 'done', 'failed',
                         'cancelled')),
    -- Random; the file lies in the data folder under it, and never under a name that someone gave it.
    file_key         TEXT NOT NULL UNIQUE,
    file_name        TEXT NOT NULL,
    bytes            INTEGER NOT NULL,
    -- JSON.
    options          TEXT NOT NULL DEFAULT '{}',
    -- JSON.
    progress         TEXT NOT NULL DEFAULT '{}',
    error            TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    -- Number of times that it was taken up, and how many of them followed a worker that died.
    run              INTEGER NOT NULL DEFAULT 0,
    interrupted      INTEGER NOT NULL DEFAULT 0,
    claimed_by       TEXT,
    claimed_until    INTEGER,
    created_at       INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    queued_at        INTEGER,
    started_at       INTEGER,
    heartbeat_at     INTEGER,
    finished_at      INTEGER
);
CREATE INDEX import_jobs_tenant ON import_jobs (tenant_id, id);
CREATE INDEX import_jobs_due ON import_jobs (queued_at, id) WHERE state IN ('queued', 'running');
-- A tenant's imports run one after the other.
CREATE UNIQUE INDEX import_jobs_running ON import_jobs (tenant_id) WHERE state = 'running';
