DROP TABLE sales_products;
DROP TABLE sales_days;
DROP TABLE credit_notes;
DROP TABLE invoices;
ALTER TABLE selling_counters DROP COLUMN credit_notes;
ALTER TABLE selling_counters DROP COLUMN invoices;
CREATE TABLE mails_next (
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
INSERT INTO mails_next (id, tenant_id, account_id, recipient, template, language, data, created_at, attempts, due_at, claimed_by, claimed_until,
    sent_at, failed_at, error)
SELECT id, tenant_id, account_id, recipient, template, language, data, created_at, attempts, due_at, claimed_by, claimed_until,
    sent_at, failed_at, error
FROM mails WHERE account_id IS NOT NULL;
DROP TABLE mails;
ALTER TABLE mails_next RENAME TO mails;
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_account ON mails (tenant_id, account_id, id);
CREATE INDEX mails_age ON mails (created_at);
CREATE INDEX mails_recipient ON mails (tenant_id, recipient, created_at);
