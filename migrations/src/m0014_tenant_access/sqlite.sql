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

-- A unique column cannot be dropped, so the table is made anew under its name. Rows that refer to it are checked at the
-- end of the transaction, when those they refer to are back.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE tenants_before AS SELECT * FROM tenants;
CREATE TABLE tenants_sequence AS SELECT seq FROM sqlite_sequence WHERE name = 'tenants';
DROP TABLE tenants;
CREATE TABLE tenants (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    slug       TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name       TEXT NOT NULL,
    language   TEXT NOT NULL DEFAULT 'en',
    currency   TEXT NOT NULL DEFAULT 'EUR' CHECK (length(currency) = 3),
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
);
-- At most one tenant serves the hosts that are nobody's.
CREATE UNIQUE INDEX tenants_is_default_key ON tenants (is_default) WHERE is_default;
INSERT INTO tenants (id, slug, name, language, currency, is_default, created_at)
SELECT id, slug, name, language, currency, id = (SELECT min(id) FROM tenants_before), created_at FROM tenants_before;
-- The ids of tenants that are gone are not given again.
UPDATE sqlite_sequence SET seq = max(seq, (SELECT seq FROM tenants_sequence))
WHERE name = 'tenants' AND EXISTS (SELECT 1 FROM tenants_sequence);
INSERT INTO sqlite_sequence (name, seq)
SELECT 'tenants', seq FROM tenants_sequence WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'tenants');
DROP TABLE tenants_before;
DROP TABLE tenants_sequence;
