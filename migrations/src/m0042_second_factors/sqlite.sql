-- Authenticator apps that make codes (TOTP), at most one an account. Times are milliseconds since 1970 UTC.
CREATE TABLE account_totp (
    tenant_id    INTEGER NOT NULL,
    account_id   INTEGER NOT NULL,
    -- Encrypted with a key of the installation.
    seed         BLOB NOT NULL,
    name         TEXT NOT NULL,
    -- Step of the newest code that was taken: it and older ones are refused.
    last_step    INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    confirmed_at INTEGER,
    -- End, unless it is confirmed before.
    expires_at   INTEGER,
    last_used_at INTEGER,
    PRIMARY KEY (tenant_id, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE,
    CHECK ((confirmed_at IS NULL) = (expires_at IS NOT NULL))
);
CREATE INDEX account_totp_expiry ON account_totp (expires_at) WHERE expires_at IS NOT NULL;

-- Recovery codes that are left: one that is used is deleted. Only the hash is kept.
CREATE TABLE recovery_codes (
    tenant_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    code_hash  BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, account_id, code_hash),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);

-- Sign-ins whose password was right and whose second factor is awaited. Only the hash of the token is kept.
CREATE TABLE sign_in_challenges (
    token_hash BLOB PRIMARY KEY,
    tenant_id  INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    -- Whether the browser keeps the session as a cookie.
    by_cookie  INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_in_challenges_account ON sign_in_challenges (tenant_id, account_id);
CREATE INDEX sign_in_challenges_expiry ON sign_in_challenges (expires_at);

-- Time at which a second factor was last proven in the session.
ALTER TABLE account_sessions ADD COLUMN factor_at INTEGER;
