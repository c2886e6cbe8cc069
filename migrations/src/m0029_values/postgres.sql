-- Each brand of a tenant is found by a look-up, to compare it with a filter in any spelling.
CREATE INDEX products_brand ON products (tenant_id, brand);

-- What each network added to the sums of a day, so that all of it can be taken back. A network is a hash with the secret of
-- the day: when the day is over, nobody can tell whose it was, and the rows go. Product 0 stands for none.
CREATE TABLE search_network_sums (
    tenant_id  bigint NOT NULL,
    day        bigint NOT NULL,
    network    bigint NOT NULL,
    query      bigint NOT NULL,
    settings   bigint NOT NULL,
    product_id bigint NOT NULL,
    searches bigint NOT NULL DEFAULT 0,
    no_results bigint NOT NULL DEFAULT 0,
    sessions bigint NOT NULL DEFAULT 0,
    clicks bigint NOT NULL DEFAULT 0,
    positions bigint NOT NULL DEFAULT 0,
    clicked bigint NOT NULL DEFAULT 0,
    converted bigint NOT NULL DEFAULT 0,
    carts bigint NOT NULL DEFAULT 0,
    purchases bigint NOT NULL DEFAULT 0,
    units bigint NOT NULL DEFAULT 0,
    revenue bigint NOT NULL DEFAULT 0,
    networks bigint NOT NULL DEFAULT 0,
    click_networks bigint NOT NULL DEFAULT 0,
    product_clicks bigint NOT NULL DEFAULT 0,
    product_carts bigint NOT NULL DEFAULT 0,
    product_purchases bigint NOT NULL DEFAULT 0,
    product_networks bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, network, query, settings, product_id)
);

-- Texts that were learnt from searches and wait for approval, or were approved or refused.
CREATE TABLE suggestion_decisions (
    tenant_id  bigint NOT NULL,
    query      bigint NOT NULL,
    text       text NOT NULL,
    decision   text NOT NULL CHECK (decision IN ('pending', 'approved', 'refused')),
    weight     bigint NOT NULL DEFAULT 0,
    clicked    bigint NOT NULL DEFAULT 0,
    changed_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, query)
);
