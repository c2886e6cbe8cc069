-- Authenticator apps that make codes (TOTP), at most one an account. Times are milliseconds since 1970 UTC.
CREATE TABLE account_totp (
    tenant_id    bigint NOT NULL,
    account_id   bigint NOT NULL,
    -- Encrypted with a key of the installation.
    seed         bytea NOT NULL,
    name         text NOT NULL,
    -- Step of the newest code that was taken: it and older ones are refused.
    last_step    bigint NOT NULL,
    created_at   bigint NOT NULL,
    confirmed_at bigint,
    -- End, unless it is confirmed before.
    expires_at   bigint,
    last_used_at bigint,
    PRIMARY KEY (tenant_id, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE,
    CHECK ((confirmed_at IS NULL) = (expires_at IS NOT NULL))
);
CREATE INDEX account_totp_expiry ON account_totp (expires_at) WHERE expires_at IS NOT NULL;

-- Recovery codes that are left: one that is used is deleted. Only the hash is kept.
CREATE TABLE recovery_codes (
    tenant_id  bigint NOT NULL,
    account_id bigint NOT NULL,
    code_hash  bytea NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, account_id, code_hash),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);

-- Sign-ins whose password was right and whose second factor is awaited. Only the hash of the token is kept.
CREATE TABLE sign_in_challenges (
    token_hash bytea PRIMARY KEY,
    tenant_id  bigint NOT NULL,
    account_id bigint NOT NULL,
    -- Whether the browser keeps the session as a cookie.
    by_cookie  boolean NOT NULL,
    attempts   bigint NOT NULL DEFAULT 0,
    expires_at bigint NOT NULL,
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX sign_in_challenges_account ON sign_in_challenges (tenant_id, account_id);
CREATE INDEX sign_in_challenges_expiry ON sign_in_challenges (expires_at);

-- Time at which a second factor was last proven in the session.
ALTER TABLE account_sessions ADD COLUMN factor_at bigint;
