-- What people search, click and buy: sums of a day, and nothing of who they were. Days are counted since 1970 UTC, and
-- money is in minor units of the tenant's currency. `query` stands for a text in its normal form; `settings` is the
-- version of the tenant's settings that answered.

CREATE TABLE search_queries (
    tenant_id INTEGER NOT NULL,
    query     INTEGER NOT NULL,
    text      TEXT NOT NULL,
    last_day  INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, query)
) WITHOUT ROWID;

-- Events whose search nobody knows are under the query 0, which no text has.
CREATE TABLE search_days (
    tenant_id  INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    query      INTEGER NOT NULL,
    settings   INTEGER NOT NULL,
    searches   INTEGER NOT NULL DEFAULT 0,
    no_results INTEGER NOT NULL DEFAULT 0,
    -- Different sessions of the day.
    sessions   INTEGER NOT NULL DEFAULT 0,
    clicks     INTEGER NOT NULL DEFAULT 0,
    -- Of all clicks together.
    positions  INTEGER NOT NULL DEFAULT 0,
    -- Searches that led to a click, and to a purchase.
    clicked    INTEGER NOT NULL DEFAULT 0,
    converted  INTEGER NOT NULL DEFAULT 0,
    carts      INTEGER NOT NULL DEFAULT 0,
    purchases  INTEGER NOT NULL DEFAULT 0,
    -- Pieces bought.
    units      INTEGER NOT NULL DEFAULT 0,
    revenue    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, query, settings)
) WITHOUT ROWID;

CREATE TABLE search_product_days (
    tenant_id  INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    query      INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    clicks     INTEGER NOT NULL DEFAULT 0,
    carts      INTEGER NOT NULL DEFAULT 0,
    purchases  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, day, query, product_id)
) WITHOUT ROWID;

-- Which sessions have been counted for a query today. A token is a hash of session and query together, so that two
-- queries of one session cannot be told to be; it goes when its day is over.
CREATE TABLE search_visitors (
    tenant_id INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    query     INTEGER NOT NULL,
    settings  INTEGER NOT NULL,
    token     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, query, settings, token)
) WITHOUT ROWID;

-- Events that have just been counted, so that they are not counted again. An id is a hash of all that makes an event
-- the same, session included.
CREATE TABLE search_events_seen (
    id      INTEGER PRIMARY KEY,
    seen_at INTEGER NOT NULL
);
CREATE INDEX search_events_seen_at ON search_events_seen (seen_at);

-- Batches of counts that have been added up, so that one whose commit was not heard of is not added again.
CREATE TABLE search_batches (
    id       INTEGER PRIMARY KEY,
    added_at INTEGER NOT NULL
);

-- What the shoppers' actions have added to a product's popularity, and what its popularity was then: if it is another
-- now, somebody has set it, and what was added is in it no longer.
CREATE TABLE earned_popularity (
    tenant_id  INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    earned     INTEGER NOT NULL,
    written    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, product_id),
    FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- Queries that enough people have asked for to be offered to others.
CREATE TABLE suggested_queries (
    tenant_id INTEGER NOT NULL,
    query     INTEGER NOT NULL,
    text      TEXT NOT NULL,
    weight    INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, query)
) WITHOUT ROWID;
