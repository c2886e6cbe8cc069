-- A chain for each tenant, and chain 0 for the installation. Entries outlive their tenant. `hash` is of all other columns,
-- that of the entry before included; times are milliseconds since 1970 UTC.
CREATE TABLE audit_entries (
    chain         INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    note          TEXT,
    address       TEXT,
    request_id    TEXT,
    action        TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    target        TEXT,
    detail        TEXT,
    previous_hash TEXT NOT NULL,
    hash          TEXT NOT NULL,
    PRIMARY KEY (chain, number)
) WITHOUT ROWID;
CREATE INDEX audit_entries_actor ON audit_entries (chain, actor, number);
CREATE INDEX audit_entries_action ON audit_entries (chain, action, number);
CREATE INDEX audit_entries_target ON audit_entries (chain, target, number);
CREATE INDEX audit_entries_at ON audit_entries (chain, at);

-- The last entry of a chain, and the last one that is not kept any longer: verification begins behind it.
CREATE TABLE audit_chains (
    chain        INTEGER PRIMARY KEY,
    last_number  INTEGER NOT NULL,
    last_hash    TEXT NOT NULL,
    ended_number INTEGER NOT NULL DEFAULT 0,
    ended_hash   TEXT NOT NULL DEFAULT ''
);

CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log stay as they are');
END;
CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries
WHEN OLD.number > coalesce((SELECT ended_number FROM audit_chains WHERE chain = OLD.chain), 0) BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log stay as they are');
END;
-- `INSERT OR REPLACE` deletes without a trigger.
CREATE TRIGGER audit_entries_once BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE chain = NEW.chain AND number = NEW.number) BEGIN
    SELECT RAISE(ABORT, 'entries of the audit log stay as they are');
END;
CREATE TRIGGER audit_chains_go_on BEFORE UPDATE ON audit_chains
WHEN NOT (NEW.chain = OLD.chain AND NEW.last_number >= OLD.last_number AND NEW.ended_number >= OLD.ended_number
    AND (NEW.ended_number = OLD.ended_number AND NEW.ended_hash = OLD.ended_hash
        OR NEW.ended_hash IS (SELECT hash FROM audit_entries WHERE chain = NEW.chain AND number = NEW.ended_number))) BEGIN
    SELECT RAISE(ABORT, 'chains of the audit log only go on');
END;
CREATE TRIGGER audit_chains_stay BEFORE DELETE ON audit_chains BEGIN
    SELECT RAISE(ABORT, 'chains of the audit log only go on');
END;
