-- What people search, click and buy: sums of a day, and nothing of who they were. Days are counted since 1970 UTC, and
-- money is in minor units of the tenant's currency. `query` stands for a text in its normal form; `settings` is the
-- version of the tenant's settings that answered.

CREATE TABLE search_queries (
    tenant_id bigint NOT NULL,
    query     bigint NOT NULL,
    text      text NOT NULL,
    last_day  bigint NOT NULL,
    PRIMARY KEY (tenant_id, query)
);

-- Events whose search nobody knows are under the query 0, which no text has.
CREATE TABLE search_days (
    tenant_id  bigint NOT NULL,
    day        bigint NOT NULL,
    query      bigint NOT NULL,
    settings   bigint NOT NULL,
    searches   bigint NOT NULL DEFAULT 0,
    no_results bigint NOT NULL DEFAULT 0,
    -- Different sessions of the day.
    sessions   bigint NOT NULL DEFAULT 0,
    clicks     bigint NOT NULL DEFAULT 0,
    -- Of all clicks together.
    positions  bigint NOT NULL DEFAULT 0,
    -- Searches that led to a click, and to a purchase.
    clicked    bigint NOT NULL DEFAULT 0,
    converted  bigint NOT NULL DEFAULT 0,
    carts      bigint NOT NULL DEFAULT 0,
    purchases  bigint NOT NULL DEFAULT 0,
    -- Pieces bought.
    units      bigint NOT NULL DEFAULT 0,
    revenue    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, query, settings)
);

CREATE TABLE search_product_days (
    tenant_id  bigint NOT NULL,
    day        bigint NOT NULL,
    query      bigint NOT NULL,
    product_id bigint NOT NULL,
    clicks     bigint NOT NULL DEFAULT 0,
    carts      bigint NOT NULL DEFAULT 0,
    purchases  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, query, product_id)
);

-- Which sessions have been counted for a query today. A token is a hash of session and query together, so that two
-- queries of one session cannot be told to be; it goes when its day is over.
CREATE TABLE search_visitors (
    tenant_id bigint NOT NULL,
    day       bigint NOT NULL,
    query     bigint NOT NULL,
    settings  bigint NOT NULL,
    token     bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, query, settings, token)
);

-- Events that have just been counted, so that they are not counted again. An id is a hash of all that makes an event
-- the same, session included.
CREATE TABLE search_events_seen (
    id      bigint PRIMARY KEY,
    seen_at bigint NOT NULL
);
CREATE INDEX search_events_seen_at ON search_events_seen (seen_at);

-- Batches of counts that have been added up, so that one whose commit was not heard of is not added again.
CREATE TABLE search_batches (
    id       bigint PRIMARY KEY,
    added_at bigint NOT NULL
);

-- What the shoppers' actions have added to a product's popularity, and what its popularity was then: if it is another
-- now, somebody has set it, and what was added is in it no longer.
CREATE TABLE earned_popularity (
    tenant_id  bigint NOT NULL,
    product_id bigint NOT NULL,
    earned     bigint NOT NULL,
    written    bigint NOT NULL,
    PRIMARY KEY (tenant_id, product_id),
    FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id) ON DELETE CASCADE
);

-- Queries that enough people have asked for to be offered to others.
CREATE TABLE suggested_queries (
    tenant_id bigint NOT NULL,
    query     bigint NOT NULL,
    text      text NOT NULL,
    weight    bigint NOT NULL,
    PRIMARY KEY (tenant_id, query)
);
