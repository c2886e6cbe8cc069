-- Processes keep these in memory. A notice tells them to read anew, so that they need not ask several times a second.
CREATE FUNCTION souk_tell_settings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('souk_settings', 'settings');
    RETURN NULL;
END $$;
CREATE TRIGGER tenants_tell AFTER INSERT OR UPDATE OR DELETE ON tenants
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell_settings();
CREATE TRIGGER tenant_hosts_tell AFTER INSERT OR UPDATE OR DELETE ON tenant_hosts
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell_settings();
CREATE TRIGGER tenant_keys_tell AFTER INSERT OR UPDATE OR DELETE ON tenant_keys
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell_settings();
CREATE TRIGGER search_configs_tell AFTER INSERT OR UPDATE OR DELETE ON search_configs
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell_settings();
CREATE TRIGGER attribute_revisions_tell AFTER INSERT OR UPDATE OR DELETE ON attribute_revisions
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell_settings();
