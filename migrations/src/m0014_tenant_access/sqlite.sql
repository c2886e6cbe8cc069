CREATE TABLE tenant_hosts (
    host      TEXT PRIMARY KEY CHECK (
        length(host) BETWEEN 1 AND 253
        AND (host NOT GLOB '*[^a-z0-9_.-]*' AND host NOT LIKE '.%' AND host NOT LIKE '%.' AND host NOT LIKE '%..%'
            OR host GLOB '[[]*]' AND substr(host, 2, length(host) - 2) NOT GLOB '*[^0-9a-f:.]*')
    ),
    tenant_id INTEGER NOT NULL REFERENCES tenants (id)
) WITHOUT ROWID;
CREATE INDEX tenant_hosts_tenant ON tenant_hosts (tenant_id);

-- Of a key only the hash is kept. `prefix` is how it begins, to tell keys apart; times are milliseconds since 1970 UTC.
CREATE TABLE tenant_keys (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id    INTEGER NOT NULL REFERENCES tenants (id),
    label        TEXT NOT NULL,
    prefix       TEXT NOT NULL,
    hash         TEXT NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    expires_at   INTEGER,
    last_used_at INTEGER
);
CREATE INDEX tenant_keys_tenant ON tenant_keys (tenant_id, id);

-- A text that is no host name never matched a request.
INSERT OR IGNORE INTO tenant_hosts (host, tenant_id)
SELECT lower(host), id FROM tenants WHERE host IS NOT NULL ORDER BY id;
INSERT INTO tenant_keys (tenant_id, label, prefix, hash, created_at)
SELECT id, 'first', 'souk_', api_key_hash, created_at FROM tenants WHERE api_key_hash IS NOT NULL;

-- At most one tenant serves the hosts that are nobody's.
ALTER TABLE tenants ADD COLUMN is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1));
CREATE UNIQUE INDEX tenants_is_default_key ON tenants (is_default) WHERE is_default;
UPDATE tenants SET is_default = 1 WHERE id = (SELECT min(id) FROM tenants);
-- The old columns stay, empty: a unique column cannot be dropped, and a table that is dropped to be made again takes with
-- it what refers to it by ON DELETE CASCADE, such as the settings of search.
UPDATE tenants SET host = NULL, api_key_hash = NULL;
