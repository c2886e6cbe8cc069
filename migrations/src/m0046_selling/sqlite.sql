-- Selling: terms (delivery, tax, promotions, commission), carts, order_groups and what follows from them. Amounts are minor units
-- of the row's currency, times are milliseconds since 1970 UTC. What a purchase took from elsewhere is copied into it, so that
-- nothing of it changes with the catalogue.

CREATE TABLE addresses (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id           INTEGER NOT NULL,
    account_id          INTEGER NOT NULL,
    -- Postal address as JSON.
    address             TEXT NOT NULL,
    is_delivery_default INTEGER NOT NULL DEFAULT 0 CHECK (is_delivery_default IN (0, 1)),
    is_billing_default  INTEGER NOT NULL DEFAULT 0 CHECK (is_billing_default IN (0, 1)),
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX addresses_account ON addresses (tenant_id, account_id, id);

-- Numbers that a tenant gives without gaps: the row is locked last of all, until the transaction ends.
CREATE TABLE selling_counters (
    tenant_id INTEGER PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    orders    INTEGER NOT NULL DEFAULT 0,
    events    INTEGER NOT NULL DEFAULT 0
);

-- `tax_pricing` says whether prices of the catalogue have their tax within.
CREATE TABLE selling_settings (
    tenant_id   INTEGER PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    tax_pricing TEXT NOT NULL CHECK (tax_pricing IN ('inclusive', 'exclusive')),
    updated_at  INTEGER NOT NULL
);

CREATE TABLE delivery_methods (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    seller_id  INTEGER NOT NULL,
    terms      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, seller_id) REFERENCES sellers (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX delivery_methods_tenant ON delivery_methods (tenant_id, id);
CREATE INDEX delivery_methods_seller ON delivery_methods (tenant_id, seller_id);

CREATE TABLE tax_rates (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    terms      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX tax_rates_tenant ON tax_rates (tenant_id, id);

-- `code` is in normal form; an automatic promotion has none. `uses` counts order_groups that have it, those under way included.
CREATE TABLE promotions (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    code       TEXT,
    terms      TEXT NOT NULL,
    uses       INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT promotions_code_key UNIQUE (tenant_id, code)
);
CREATE INDEX promotions_automatic ON promotions (tenant_id, id) WHERE code IS NULL;

-- A rate without a seller is for all of them.
CREATE TABLE commission_rates (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    seller_id  INTEGER,
    terms      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, seller_id) REFERENCES sellers (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX commission_rates_tenant ON commission_rates (tenant_id, id);
CREATE INDEX commission_rates_seller ON commission_rates (tenant_id, seller_id) WHERE seller_id IS NOT NULL;

-- A cart is a guest's, by the hash of a token, or an account's.
CREATE TABLE carts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    token_hash BLOB,
    account_id INTEGER,
    -- Codes, note, destination and chosen delivery, as JSON.
    choices    TEXT NOT NULL DEFAULT '{}',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT carts_token_key UNIQUE (token_hash),
    CONSTRAINT carts_account_key UNIQUE (tenant_id, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE,
    CHECK ((token_hash IS NULL) <> (account_id IS NULL))
);
CREATE INDEX carts_expiry ON carts (expires_at);

-- A line outlives what it is about, so that the cart can say that it is gone. `offer_id` is 0 for the product's own seller.
CREATE TABLE cart_lines (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    cart_id    INTEGER NOT NULL REFERENCES carts (id) ON DELETE CASCADE,
    variant_id INTEGER NOT NULL,
    offer_id   INTEGER NOT NULL DEFAULT 0,
    quantity   INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
    is_saved   INTEGER NOT NULL DEFAULT 0 CHECK (is_saved IN (0, 1)),
    -- Price and title as the shopper saw them last.
    seen_price INTEGER NOT NULL,
    title      TEXT NOT NULL,
    note       TEXT,
    added_at   INTEGER NOT NULL,
    CONSTRAINT cart_lines_key UNIQUE (cart_id, variant_id, offer_id, is_saved)
);

-- One purchase of a customer, paid at once. It is open until `expires_at`, then placed or ended.
CREATE TABLE order_groups (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id         INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    -- Given when it is placed.
    number            INTEGER,
    token_hash        BLOB NOT NULL,
    account_id        INTEGER,
    mail              TEXT NOT NULL,
    language          TEXT NOT NULL,
    currency          TEXT NOT NULL,
    tax_pricing       TEXT NOT NULL,
    goods             INTEGER NOT NULL,
    discount          INTEGER NOT NULL,
    delivery          INTEGER NOT NULL,
    delivery_discount INTEGER NOT NULL,
    net               INTEGER NOT NULL,
    tax               INTEGER NOT NULL,
    total             INTEGER NOT NULL CHECK (total >= 0),
    delivery_address  TEXT NOT NULL,
    billing_address   TEXT NOT NULL,
    note              TEXT,
    -- Applied promotions, as JSON.
    promotions        TEXT NOT NULL,
    -- Cart that is emptied when it is placed.
    cart_id           INTEGER,
    created_at        INTEGER NOT NULL,
    expires_at        INTEGER,
    placed_at         INTEGER,
    ended_at          INTEGER,
    end_reason        TEXT,
    UNIQUE (tenant_id, id),
    CONSTRAINT order_groups_token_key UNIQUE (token_hash),
    CONSTRAINT order_groups_number_key UNIQUE (tenant_id, number),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    CHECK ((placed_at IS NULL) = (number IS NULL)),
    CHECK (placed_at IS NULL OR ended_at IS NULL),
    CHECK ((expires_at IS NULL) = (placed_at IS NOT NULL OR ended_at IS NOT NULL))
);
CREATE INDEX order_groups_account ON order_groups (tenant_id, account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX order_groups_placed ON order_groups (tenant_id, id) WHERE placed_at IS NOT NULL;
CREATE INDEX order_groups_mail ON order_groups (tenant_id, mail) WHERE placed_at IS NOT NULL;
CREATE INDEX order_groups_expiry ON order_groups (expires_at) WHERE expires_at IS NOT NULL;

-- The part of a purchase that one seller sells. `facts` is what happened to it, as JSON; the three states follow from them and are
-- kept for lists.
CREATE TABLE orders (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id         INTEGER NOT NULL,
    group_id          INTEGER NOT NULL,
    -- Place among the orders of its group, from 1.
    position          INTEGER NOT NULL,
    seller_id         INTEGER NOT NULL,
    seller_name       TEXT NOT NULL,
    currency          TEXT NOT NULL,
    goods             INTEGER NOT NULL,
    discount          INTEGER NOT NULL,
    delivery          INTEGER NOT NULL,
    delivery_discount INTEGER NOT NULL,
    net               INTEGER NOT NULL,
    tax               INTEGER NOT NULL,
    total             INTEGER NOT NULL CHECK (total >= 0),
    -- Discounts that the marketplace bears, which it owes the seller.
    subsidy           INTEGER NOT NULL,
    commission        INTEGER NOT NULL,
    -- Figures of the delivery, as JSON; none if nothing is sent.
    delivery_figures  TEXT,
    facts             TEXT NOT NULL,
    status            TEXT NOT NULL,
    payment_status    TEXT NOT NULL,
    fulfilment_status TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    placed_at         INTEGER,
    updated_at        INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT orders_position_key UNIQUE (group_id, position),
    FOREIGN KEY (tenant_id, group_id) REFERENCES order_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT orders_seller_fkey FOREIGN KEY (tenant_id, seller_id) REFERENCES sellers (tenant_id, id) ON DELETE RESTRICT
);
CREATE INDEX orders_placed ON orders (tenant_id, id) WHERE placed_at IS NOT NULL;
CREATE INDEX orders_seller ON orders (tenant_id, seller_id, id) WHERE placed_at IS NOT NULL;
CREATE INDEX orders_status ON orders (tenant_id, status, id) WHERE placed_at IS NOT NULL;

CREATE TABLE order_lines (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id         INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    product_id       INTEGER NOT NULL,
    variant_id       INTEGER NOT NULL,
    offer_id         INTEGER NOT NULL,
    sku              TEXT NOT NULL,
    title            TEXT NOT NULL,
    options          TEXT NOT NULL,
    image            TEXT,
    note             TEXT,
    quantity         INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
    unit_price       INTEGER NOT NULL CHECK (unit_price >= 0),
    goods            INTEGER NOT NULL,
    discount         INTEGER NOT NULL,
    net              INTEGER NOT NULL,
    tax              INTEGER NOT NULL,
    gross            INTEGER NOT NULL CHECK (gross >= 0),
    tax_ppm          INTEGER NOT NULL,
    subsidy          INTEGER NOT NULL,
    -- Amount of the commission, and how it was reckoned, as JSON.
    commission       INTEGER NOT NULL,
    commission_terms TEXT NOT NULL
);
CREATE INDEX order_lines_order ON order_lines (order_id, id);
CREATE INDEX order_lines_product ON order_lines (product_id);

CREATE TABLE fulfilments (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id    INTEGER NOT NULL,
    order_id     INTEGER NOT NULL,
    -- Lines and their units, as JSON.
    lines        TEXT NOT NULL,
    carrier      TEXT,
    tracking     TEXT,
    tracking_url TEXT,
    created_at   INTEGER NOT NULL,
    delivered_at INTEGER,
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX fulfilments_order ON fulfilments (order_id, id);

-- `facts` is what is known from the provider's events, and `action` what the customer has to do, as JSON.
CREATE TABLE payments (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id    INTEGER NOT NULL,
    group_id     INTEGER NOT NULL,
    provider     TEXT NOT NULL,
    provider_ref TEXT,
    state        TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount       INTEGER NOT NULL CHECK (amount >= 0),
    facts        TEXT NOT NULL,
    action       TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT payments_group_key UNIQUE (group_id),
    CONSTRAINT payments_ref_key UNIQUE (tenant_id, provider, provider_ref),
    FOREIGN KEY (tenant_id, group_id) REFERENCES order_groups (tenant_id, id) ON DELETE CASCADE
);

-- Events of providers: stored first, then applied once.
CREATE TABLE payment_events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    provider    TEXT NOT NULL,
    event       TEXT NOT NULL,
    payload     TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    applied_at  INTEGER,
    outcome     TEXT,
    CONSTRAINT payment_events_key UNIQUE (tenant_id, provider, event)
);
CREATE INDEX payment_events_waiting ON payment_events (id) WHERE applied_at IS NULL;

CREATE TABLE refunds (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL,
    order_id   INTEGER NOT NULL,
    payment_id INTEGER NOT NULL,
    amount     INTEGER NOT NULL CHECK (amount > 0),
    -- Lines with units and amounts, delivery and goodwill, as JSON.
    parts      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    actor      TEXT NOT NULL,
    -- Time at which the provider took it on; none while it has to be asked.
    sent_at    INTEGER,
    created_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX refunds_order ON refunds (order_id, id);
CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE INDEX refunds_unsent ON refunds (id) WHERE sent_at IS NULL;

-- Steps of order_groups and orders, in order.
CREATE TABLE order_steps (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id INTEGER NOT NULL,
    group_id  INTEGER NOT NULL,
    order_id  INTEGER,
    step      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    reason    TEXT,
    detail    TEXT,
    at        INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, group_id) REFERENCES order_groups (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX order_steps_group ON order_steps (group_id, id);

-- Units of a purchase: held until it is placed or ends, then sold or released.
CREATE TABLE reservations (
    group_id   INTEGER NOT NULL REFERENCES order_groups (id) ON DELETE CASCADE,
    variant_id INTEGER NOT NULL,
    offer_id   INTEGER NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    -- Units that left the stock for it: none of what is not counted, and no more than there were on back-order.
    taken      INTEGER NOT NULL CHECK (taken BETWEEN 0 AND quantity),
    state      TEXT NOT NULL CHECK (state IN ('held', 'sold', 'released')),
    PRIMARY KEY (group_id, variant_id, offer_id)
);
CREATE INDEX reservations_held ON reservations (variant_id, offer_id) WHERE state = 'held';

-- `customer` is the account, or else the hash of the mail address in normal form.
CREATE TABLE promotion_uses (
    tenant_id    INTEGER NOT NULL,
    promotion_id INTEGER NOT NULL,
    group_id     INTEGER NOT NULL REFERENCES order_groups (id) ON DELETE CASCADE,
    customer     TEXT NOT NULL,
    PRIMARY KEY (promotion_id, group_id),
    FOREIGN KEY (tenant_id, promotion_id) REFERENCES promotions (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX promotion_uses_customer ON promotion_uses (tenant_id, customer, promotion_id);
CREATE INDEX promotion_uses_group ON promotion_uses (group_id);

-- Answers to requests with an idempotency key. `status` is null while the first of them is under way.
CREATE TABLE idempotency_keys (
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    caller        TEXT NOT NULL,
    key           TEXT NOT NULL,
    request       TEXT NOT NULL,
    status        INTEGER,
    answer        TEXT,
    claimed_by    TEXT NOT NULL,
    claimed_until INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    -- Purchase that was made for it.
    group_id      INTEGER,
    PRIMARY KEY (tenant_id, caller, key)
);
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- Double entry: the entries of a journal sum to zero. Nothing is changed or deleted while the tenant exists.
CREATE TABLE ledger_journals (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    group_id  INTEGER,
    order_id  INTEGER,
    currency  TEXT NOT NULL,
    -- Cause that may have one journal only, such as `earning:7`.
    cause     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    CONSTRAINT ledger_journals_cause_key UNIQUE (tenant_id, cause)
);
CREATE INDEX ledger_journals_order ON ledger_journals (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX ledger_journals_at ON ledger_journals (tenant_id, at, id);

CREATE TABLE ledger_entries (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL,
    journal_id INTEGER NOT NULL REFERENCES ledger_journals (id) ON DELETE CASCADE,
    -- Such as `seller:7` or `provider:test`.
    account    TEXT NOT NULL,
    currency   TEXT NOT NULL,
    amount     INTEGER NOT NULL CHECK (amount <> 0)
);
CREATE INDEX ledger_entries_journal ON ledger_entries (journal_id);
CREATE INDEX ledger_entries_account ON ledger_entries (tenant_id, account, currency, id);

-- Facts that others act on, numbered per tenant without gaps, written in the transaction that makes them true.
CREATE TABLE events (
    tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    number    INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,
    data      TEXT NOT NULL,
    actor     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX events_age ON events (at);

CREATE TRIGGER ledger_journals_stay BEFORE UPDATE ON ledger_journals BEGIN
    SELECT RAISE(ABORT, 'the ledger stays as it is; a journal is corrected by another one');
END;
CREATE TRIGGER ledger_entries_stay BEFORE UPDATE ON ledger_entries BEGIN
    SELECT RAISE(ABORT, 'the ledger stays as it is; a journal is corrected by another one');
END;
CREATE TRIGGER ledger_journals_kept BEFORE DELETE ON ledger_journals
WHEN EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant_id) BEGIN
    SELECT RAISE(ABORT, 'the ledger stays as it is; a journal is corrected by another one');
END;
CREATE TRIGGER ledger_entries_kept BEFORE DELETE ON ledger_entries
WHEN EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant_id) BEGIN
    SELECT RAISE(ABORT, 'the ledger stays as it is; a journal is corrected by another one');
END;
