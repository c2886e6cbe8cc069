-- Endpoints that are told of events. Times are milliseconds since 1970 UTC.
CREATE TABLE webhook_endpoints (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id       INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    url             TEXT NOT NULL,
    description     TEXT NOT NULL,
    -- Kinds of events as a JSON array; none if it is told of all.
    event_types     TEXT,
    disabled_at     INTEGER,
    disabled_reason TEXT CHECK (disabled_reason IN ('staff', 'gone', 'failing')),
    -- Time of the last delivery that was taken.
    delivered_at    INTEGER,
    -- Time of its first pending delivery; none if there is none. The endpoint is what a worker claims, so that deliveries to
    -- it are made one after the other.
    due_at          INTEGER,
    claimed_by      TEXT,
    claimed_until   INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);
CREATE INDEX webhook_endpoints_due ON webhook_endpoints (due_at, id) WHERE due_at IS NOT NULL;

-- Secrets that sign deliveries to an endpoint: the current one, and replaced ones until their end.
CREATE TABLE webhook_secrets (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   INTEGER NOT NULL,
    endpoint_id INTEGER NOT NULL,
    -- Encrypted with a key of the installation.
    sealed      BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    -- End of a secret that was replaced.
    expires_at  INTEGER,
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_secrets_endpoint ON webhook_secrets (tenant_id, endpoint_id, id);
CREATE INDEX webhook_secrets_expiry ON webhook_secrets (expires_at) WHERE expires_at IS NOT NULL;

-- Deliveries, written in the transaction that notes that the sink has read their event. Kept for 30 days.
CREATE TABLE webhook_deliveries (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id    INTEGER NOT NULL,
    endpoint_id  INTEGER NOT NULL,
    -- None for a test.
    event_number INTEGER,
    message_id   TEXT NOT NULL,
    kind         TEXT NOT NULL,
    payload      TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts     INTEGER NOT NULL DEFAULT 0,
    -- Time of the next attempt; none if there is none.
    due_at       INTEGER,
    attempted_at INTEGER,
    -- Of the last attempt.
    status       INTEGER,
    error        TEXT,
    answer       TEXT,
    duration_ms  INTEGER,
    created_at   INTEGER NOT NULL,
    delivered_at INTEGER,
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints (tenant_id, id) ON DELETE CASCADE,
    CHECK ((state = 'pending') = (due_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (tenant_id, endpoint_id, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (tenant_id, endpoint_id, state, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);
