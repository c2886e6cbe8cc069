-- Of a key only the hash is kept. Permissions are names with blanks between; times are milliseconds since 1970 UTC.
CREATE TABLE api_keys (
    id           text PRIMARY KEY,
    tenant_id    bigint NOT NULL REFERENCES tenants (id),
    name         text NOT NULL,
    permissions  text NOT NULL,
    hash         text NOT NULL,
    created_by   text NOT NULL,
    created_at   bigint NOT NULL,
    expires_at   bigint NOT NULL,
    revoked_at   bigint,
    replaced_by  text,
    last_used_at bigint
);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, expires_at);

-- Not of the last use, which is noted every minute.
CREATE TRIGGER api_keys_tell AFTER INSERT OR DELETE OR UPDATE OF permissions, hash, expires_at, revoked_at ON api_keys
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell_settings();
