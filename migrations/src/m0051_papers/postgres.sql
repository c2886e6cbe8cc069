-- Papers of purchases: mails to guests, numbers of invoices and credit notes, and sums of sales.

-- Guests have no account.
ALTER TABLE mails ALTER COLUMN account_id DROP NOT NULL;
ALTER TABLE mails ADD CONSTRAINT mails_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE;

ALTER TABLE selling_counters ADD COLUMN invoices bigint NOT NULL DEFAULT 0;
ALTER TABLE selling_counters ADD COLUMN credit_notes bigint NOT NULL DEFAULT 0;

-- `facts` is what had happened to the order when its invoice was issued, as JSON: what was cancelled by then is not on it.
-- `trader` is who sold, as JSON, as it was then.
CREATE TABLE invoices (
    order_id  bigint PRIMARY KEY,
    tenant_id bigint NOT NULL,
    number    bigint NOT NULL,
    facts     text NOT NULL,
    trader    text,
    issued_at bigint NOT NULL,
    CONSTRAINT invoices_number_key UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX invoices_order ON invoices (tenant_id, order_id);

CREATE TABLE credit_notes (
    refund_id bigint PRIMARY KEY REFERENCES refunds (id) ON DELETE CASCADE,
    tenant_id bigint NOT NULL,
    order_id  bigint NOT NULL REFERENCES invoices (order_id) ON DELETE CASCADE,
    number    bigint NOT NULL,
    issued_at bigint NOT NULL,
    CONSTRAINT credit_notes_number_key UNIQUE (tenant_id, number)
);
CREATE INDEX credit_notes_order ON credit_notes (order_id);

-- Sums of sales by day, in days since 1970 UTC, and currency. They are kept as events arrive.
CREATE TABLE sales_days (
    tenant_id bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day       bigint NOT NULL,
    currency  text NOT NULL,
    orders    bigint NOT NULL,
    units     bigint NOT NULL,
    revenue   bigint NOT NULL,
    cancelled bigint NOT NULL,
    refunds   bigint NOT NULL,
    refunded  bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, currency)
);

CREATE TABLE sales_products (
    tenant_id  bigint NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    day        bigint NOT NULL,
    currency   text NOT NULL,
    product_id bigint NOT NULL,
    -- Title when it was last sold: the product may be gone.
    title      text NOT NULL,
    units      bigint NOT NULL,
    revenue    bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, currency, product_id)
);
