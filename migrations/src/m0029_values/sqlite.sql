-- Each brand of a tenant is found by a look-up, to compare it with a filter in any spelling.
CREATE INDEX products_brand ON products (tenant_id, brand);

-- What each network added to the sums of a day, so that all of it can be taken back. A network is a hash with the secret of
-- the day: when the day is over, nobody can tell whose it was, and the rows go. Product 0 stands for none.
CREATE TABLE search_network_sums (
    tenant_id  INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    network    INTEGER NOT NULL,
    query      INTEGER NOT NULL,
    settings   INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    searches INTEGER NOT NULL DEFAULT 0,
    no_results INTEGER NOT NULL DEFAULT 0,
    sessions INTEGER NOT NULL DEFAULT 0,
    clicks INTEGER NOT NULL DEFAULT 0,
    positions INTEGER NOT NULL DEFAULT 0,
    clicked INTEGER NOT NULL DEFAULT 0,
    converted INTEGER NOT NULL DEFAULT 0,
    carts INTEGER NOT NULL DEFAULT 0,
    purchases INTEGER NOT NULL DEFAULT 0,
    units INTEGER NOT NULL DEFAULT 0,
    revenue INTEGER NOT NULL DEFAULT 0,
    networks INTEGER NOT NULL DEFAULT 0,
    click_networks INTEGER NOT NULL DEFAULT 0,
    product_clicks INTEGER NOT NULL DEFAULT 0,
    product_carts INTEGER NOT NULL DEFAULT 0,
    product_purchases INTEGER NOT NULL DEFAULT 0,
    product_networks INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, network, query, settings, product_id)
) WITHOUT ROWID;

-- Texts that were learnt from searches and wait for approval, or were approved or refused.
CREATE TABLE suggestion_decisions (
    tenant_id  INTEGER NOT NULL,
    query      INTEGER NOT NULL,
    text       TEXT NOT NULL,
    decision   TEXT NOT NULL CHECK (decision IN ('pending', 'approved', 'refused')),
    weight     INTEGER NOT NULL DEFAULT 0,
    clicked    INTEGER NOT NULL DEFAULT 0,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, query)
) WITHOUT ROWID;
