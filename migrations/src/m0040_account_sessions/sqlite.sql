-- Sessions that are alive: one that ends is deleted. Only the hash of its token is kept. Times are milliseconds since 1970
-- UTC; `last_used_at` is exact to a minute.
CREATE TABLE account_sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id    INTEGER NOT NULL,
    account_id   INTEGER NOT NULL,
    token_hash   BLOB NOT NULL,
    kind         TEXT NOT NULL,
    network      TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    idle_ms      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    CONSTRAINT account_sessions_token_key UNIQUE (token_hash),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX account_sessions_account ON account_sessions (tenant_id, account_id, id);
CREATE INDEX account_sessions_expiry ON account_sessions (expires_at);
