-- Papers of purchases: mails to guests, numbers of invoices and credit notes, and sums of sales.

-- Guests have no account. SQLite cannot take NOT NULL from a column: the table is made again.
CREATE TABLE mails_next (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    account_id    INTEGER,
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
FROM mails;
DROP TABLE mails;
ALTER TABLE mails_next RENAME TO mails;
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_account ON mails (tenant_id, account_id, id);
CREATE INDEX mails_age ON mails (created_at);
CREATE INDEX mails_recipient ON mails (tenant_id, recipient, created_at);

ALTER TABLE selling_counters ADD COLUMN invoices INTEGER NOT NULL DEFAULT 0;
ALTER TABLE selling_counters ADD COLUMN credit_notes INTEGER NOT NULL DEFAULT 0;

-- `facts` is what had happened to the order when its invoice was issued, as JSON: what was cancelled by then is not on it.
-- `trader` is who sold, as JSON, as it was then.
CREATE TABLE invoices (
    order_id  INTEGER PRIMARY KEY,
    tenant_id INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    facts     TEXT NOT NULL,
    trader    TEXT,
    issued_at INTEGER NOT NULL,
    CONSTRAINT invoices_number_key UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX invoices_order ON invoices (tenant_id, order_id);

CREATE TABLE credit_notes (
    refund_id INTEGER PRIMARY KEY REFERENCES refunds (id) ON DELETE CASCADE,
    tenant_id INTEGER NOT NULL,
    order_id  INTEGER NOT NULL REFERENCES invoices (order_id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    issued_at INTEGER NOT NULL,
    CONSTRAINT credit_notes_number_key UNIQUE (tenant_id, number)
);
CREATE INDEX credit_notes_order ON credit_notes (order_id);

-- Sums of sales by day, in days since 1970 UTC, and currency. They are kept as events arrive.
CREATE TABLE sales_days (
    tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day       INTEGER NOT NULL,
    currency  TEXT NOT NULL,
    orders    INTEGER NOT NULL,
    units     INTEGER NOT NULL,
    revenue   INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    refunds   INTEGER NOT NULL,
    refunded  INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, currency)
);

CREATE TABLE sales_products (
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day        INTEGER NOT NULL,
    currency   TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    -- Title when it was last sold: the product may be gone.
    title      TEXT NOT NULL,
    units      INTEGER NOT NULL,
    revenue    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, currency, product_id)
);
