-- Mails, written in the transaction of what causes them. `data` fills the template and is emptied once the mail is sent,
-- because a link in it is as good as a password. Times are milliseconds since 1970 UTC.
CREATE TABLE mails (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id     INTEGER NOT NULL,
    account_id    INTEGER NOT NULL,
    recipient     TEXT NOT NULL,
    template      TEXT NOT NULL,
    language      TEXT NOT NULL,
    data          TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    -- Time of the next attempt; none if there is none.
    due_at        INTEGER,
    claimed_by    TEXT,
    claimed_until INTEGER,
    sent_at       INTEGER,
    failed_at     INTEGER,
    error         TEXT,
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_account ON mails (tenant_id, account_id, id);
CREATE INDEX mails_age ON mails (created_at);
