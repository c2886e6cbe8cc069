-- A chain for each tenant, and chain 0 for the installation. Entries outlive their tenant. `hash` is of all other columns,
-- that of the entry before included; times are milliseconds since 1970 UTC.
CREATE TABLE audit_entries (
    chain         bigint NOT NULL,
    number        bigint NOT NULL,
    at            bigint NOT NULL,
    actor         text NOT NULL,
    note          text,
    address       text,
    request_id    text,
    action        text NOT NULL,
    outcome       text NOT NULL,
    target        text,
    detail        text,
    previous_hash text NOT NULL,
    hash          text NOT NULL,
    PRIMARY KEY (chain, number)
);
CREATE INDEX audit_entries_actor ON audit_entries (chain, actor, number);
CREATE INDEX audit_entries_action ON audit_entries (chain, action, number);
CREATE INDEX audit_entries_target ON audit_entries (chain, target, number);
CREATE INDEX audit_entries_at ON audit_entries (chain, at);

-- The last entry of a chain, and the last one that is not kept any longer: verification begins behind it.
CREATE TABLE audit_chains (
    chain        bigint PRIMARY KEY,
    last_number  bigint NOT NULL,
    last_hash    text NOT NULL,
    ended_number bigint NOT NULL DEFAULT 0,
    ended_hash   text NOT NULL DEFAULT ''
);

CREATE FUNCTION souk_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.number <= (SELECT ended_number FROM audit_chains WHERE chain = OLD.chain) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'entries of the audit log stay as they are';
END $$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION souk_audit_stays();

CREATE FUNCTION souk_audit_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.chain = OLD.chain AND NEW.last_number >= OLD.last_number
        AND NEW.ended_number >= OLD.ended_number
        AND (NEW.ended_number = OLD.ended_number AND NEW.ended_hash = OLD.ended_hash
            OR NEW.ended_hash = (SELECT hash FROM audit_entries WHERE chain = NEW.chain AND number = NEW.ended_number))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'chains of the audit log only go on';
END $$;
CREATE TRIGGER audit_chains_go_on BEFORE UPDATE OR DELETE ON audit_chains
    FOR EACH ROW EXECUTE FUNCTION souk_audit_goes_on();

CREATE FUNCTION souk_audit_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is never emptied';
END $$;
CREATE TRIGGER audit_entries_never BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION souk_audit_never();
CREATE TRIGGER audit_chains_never BEFORE TRUNCATE ON audit_chains
    FOR EACH STATEMENT EXECUTE FUNCTION souk_audit_never();
