-- What was sold and given back on a day.
CREATE INDEX order_groups_day ON order_groups (tenant_id, placed_at) WHERE placed_at IS NOT NULL;
CREATE INDEX refunds_day ON refunds (tenant_id, created_at);

-- What a customer wants to be told of by mail, once. A price in minor units is wanted with `price_below` only.
CREATE TABLE product_watches (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   INTEGER NOT NULL,
    account_id  INTEGER NOT NULL,
    product_id  INTEGER NOT NULL,
    -- 0 is any variant.
    variant_id  INTEGER NOT NULL DEFAULT 0,
    wants       TEXT NOT NULL CHECK (wants IN ('back_in_stock', 'price_below')),
    price_below INTEGER CHECK (price_below > 0),
    created_at  INTEGER NOT NULL,
    CONSTRAINT product_watches_key UNIQUE (tenant_id, account_id, product_id, variant_id, wants),
    CONSTRAINT product_watches_price CHECK ((wants = 'price_below') = (price_below IS NOT NULL)),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX product_watches_product ON product_watches (tenant_id, product_id, id);
