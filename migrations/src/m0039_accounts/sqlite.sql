-- People of a tenant. An erased account keeps its id and nothing else, so that what refers to it stays whole. Times are
-- milliseconds since 1970 UTC.
CREATE TABLE accounts (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- In normal form: an address is one account.
    mail          TEXT,
    name          TEXT NOT NULL,
    language      TEXT NOT NULL,
    -- PHC string; none until the person has chosen a password.
    password_hash TEXT,
    verified_at   INTEGER,
    disabled_at   INTEGER,
    erased_at     INTEGER,
    created_at    INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT accounts_mail_key UNIQUE (tenant_id, mail),
    CHECK ((mail IS NULL) = (erased_at IS NOT NULL))
);

-- Roles of accounts. Those of sellers name the seller.
CREATE TABLE memberships (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    role       TEXT NOT NULL,
    seller_id  INTEGER,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, seller_id) REFERENCES sellers (tenant_id, id) ON DELETE CASCADE,
    CHECK ((role LIKE 'seller%') = (seller_id IS NOT NULL))
);
CREATE UNIQUE INDEX memberships_key ON memberships (account_id, role, coalesce(seller_id, 0));
CREATE INDEX memberships_seller ON memberships (tenant_id, seller_id) WHERE seller_id IS NOT NULL;

-- Links that were sent by mail, each good once. Only the hash of its token is kept.
CREATE TABLE account_links (
    token_hash BLOB PRIMARY KEY,
    tenant_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    purpose    TEXT NOT NULL,
    -- The new address, of a change of address.
    mail       TEXT,
    expires_at INTEGER NOT NULL,
    CONSTRAINT account_links_newest UNIQUE (account_id, purpose),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX account_links_expiry ON account_links (expires_at);

-- Failures in a row. `guesser` is a keyed hash of the account, device or network, known or unknown.
CREATE TABLE sign_in_failures (
    tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    guesser   BLOB NOT NULL,
    failures  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, guesser)
);
CREATE INDEX sign_in_failures_age ON sign_in_failures (last_at);
