-- Times are milliseconds since 1970 UTC, money is in minor units. Keys to other tables carry the tenant, so a
-- product can neither refer to another tenant's rows nor be moved to another tenant.

CREATE TABLE tenants (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    slug         TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name         TEXT NOT NULL,
    host         TEXT UNIQUE,
    api_key_hash TEXT UNIQUE,
    language     TEXT NOT NULL DEFAULT 'en',
    currency     TEXT NOT NULL DEFAULT 'EUR' CHECK (length(currency) = 3),
    created_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
);

CREATE TABLE sellers (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   INTEGER NOT NULL REFERENCES tenants (id),
    slug        TEXT NOT NULL CHECK (slug <> ''),
    name        TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    created_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    updated_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    CONSTRAINT sellers_slug_key UNIQUE (tenant_id, slug),
    UNIQUE (tenant_id, id)
);

CREATE TABLE categories (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id),
    parent_id  INTEGER CHECK (parent_id <> id),
    slug       TEXT NOT NULL CHECK (slug <> ''),
    name       TEXT NOT NULL,
    position   INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    updated_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    CONSTRAINT categories_slug_key UNIQUE (tenant_id, slug),
    UNIQUE (tenant_id, id),
    CONSTRAINT categories_parent_fkey FOREIGN KEY (tenant_id, parent_id)
        REFERENCES categories (tenant_id, id) ON DELETE RESTRICT
);
CREATE INDEX categories_parent ON categories (tenant_id, parent_id);

CREATE TABLE fandoms (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   INTEGER NOT NULL REFERENCES tenants (id),
    slug        TEXT NOT NULL CHECK (slug <> ''),
    name        TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    created_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    updated_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    CONSTRAINT fandoms_slug_key UNIQUE (tenant_id, slug),
    UNIQUE (tenant_id, id)
);

CREATE TABLE products (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    external_id   TEXT NOT NULL,
    slug          TEXT NOT NULL CHECK (slug <> ''),
    title         TEXT NOT NULL,
    description   TEXT NOT NULL DEFAULT '',
    brand         TEXT,
    status        TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'archived')),
    category_id   INTEGER,
    fandom_id     INTEGER,
    seller_id     INTEGER NOT NULL,
    attributes    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(attributes) AND json_type(attributes) = 'object'),
    images        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(images) AND json_type(images) = 'array'),
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    -- The next four follow the variants, by trigger.
    price_min     INTEGER NOT NULL DEFAULT 0 CHECK (price_min >= 0),
    price_max     INTEGER NOT NULL DEFAULT 0 CHECK (price_max >= price_min),
    stock         INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0),
    variant_count INTEGER NOT NULL DEFAULT 0 CHECK (variant_count >= 0),
    -- The next two follow the reviews, by trigger and by difference, so that imported totals stay.
    rating_count  INTEGER NOT NULL DEFAULT 0 CHECK (rating_count >= 0),
    rating_sum    INTEGER NOT NULL DEFAULT 0,
    rating        REAL GENERATED ALWAYS AS (rating_sum * 1.0 / NULLIF(rating_count, 0)) VIRTUAL,
    popularity    INTEGER NOT NULL DEFAULT 0 CHECK (popularity >= 0),
    created_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    CONSTRAINT products_external_id_key UNIQUE (tenant_id, external_id),
    CONSTRAINT products_slug_key UNIQUE (tenant_id, slug),
    UNIQUE (tenant_id, id),
    CONSTRAINT products_rating_sum_check CHECK (rating_sum BETWEEN rating_count AND rating_count * 5),
    CONSTRAINT products_category_fkey FOREIGN KEY (tenant_id, category_id)
        REFERENCES categories (tenant_id, id) ON DELETE RESTRICT,
    CONSTRAINT products_fandom_fkey FOREIGN KEY (tenant_id, fandom_id)
        REFERENCES fandoms (tenant_id, id) ON DELETE RESTRICT,
    CONSTRAINT products_seller_fkey FOREIGN KEY (tenant_id, seller_id)
        REFERENCES sellers (tenant_id, id) ON DELETE RESTRICT
);
CREATE INDEX products_status ON products (tenant_id, status, id);
CREATE INDEX products_category ON products (tenant_id, category_id, id);
CREATE INDEX products_fandom ON products (tenant_id, fandom_id, id);
CREATE INDEX products_seller ON products (tenant_id, seller_id, id);

CREATE TABLE variants (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    sku        TEXT NOT NULL CHECK (sku <> ''),
    gtin       TEXT,
    options    TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options) AND json_type(options) = 'object'),
    price      INTEGER NOT NULL CHECK (price >= 0),
    stock      INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0),
    position   INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT variants_sku_key UNIQUE (product_id, sku),
    CONSTRAINT variants_product_fkey FOREIGN KEY (tenant_id, product_id)
        REFERENCES products (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE reviews (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    author     TEXT NOT NULL,
    rating     INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    title      TEXT,
    body       TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    CONSTRAINT reviews_product_fkey FOREIGN KEY (tenant_id, product_id)
        REFERENCES products (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX reviews_product ON reviews (product_id, id);

-- Identity only, and no foreign keys: a row outlives what it tells of. `available_at` is zero until a retry
-- delays the row, so that no difference between clocks can hide a fresh one.
CREATE TABLE outbox (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id     INTEGER NOT NULL,
    entity        TEXT NOT NULL CHECK (entity IN ('product', 'category', 'fandom', 'seller')),
    entity_id     INTEGER NOT NULL,
    priority      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    available_at  INTEGER NOT NULL DEFAULT 0,
    attempts      INTEGER NOT NULL DEFAULT 0,
    claimed_by    TEXT,
    claimed_until INTEGER,
    last_error    TEXT
);

-- Where the triggers look for a row that already tells of an entity. The priority is a column of it, for else SQLite
-- prefers the index on priorities, and reads the whole outbox for every change.
CREATE INDEX outbox_waiting ON outbox (entity, entity_id, priority)
    WHERE claimed_by IS NULL AND attempts = 0;
CREATE INDEX outbox_order ON outbox (priority, id);

CREATE TABLE dead_letters (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL,
    entity     TEXT NOT NULL,
    entity_id  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    parked_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    attempts   INTEGER NOT NULL,
    last_error TEXT NOT NULL
);
CREATE INDEX dead_letters_tenant ON dead_letters (tenant_id, id);

-- A tenant's job is queued, then goes through the states that count as running, to one of the last three. Its lease
-- (`claimed_by`, `claimed_until`) says which process works on it; `after_id` where another goes on.
CREATE TABLE index_jobs (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id        INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    kind             TEXT NOT NULL CHECK (kind IN ('reindex', 'rollback')),
    state            TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'preparing', 'backfilling', 'verifying',
                         'swapping', 'done', 'failed', 'cancelled')),
    -- The index that is built, or gone back to.
    generation       INTEGER,
    after_id         INTEGER NOT NULL DEFAULT 0,
    total            INTEGER NOT NULL DEFAULT 0,
    done             INTEGER NOT NULL DEFAULT 0,
    failed           INTEGER NOT NULL DEFAULT 0,
    sample_error     TEXT,
    error            TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    superseded_by    INTEGER,
    claimed_by       TEXT,
    claimed_until    INTEGER,
    created_at       INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    started_at       INTEGER,
    heartbeat_at     INTEGER,
    finished_at      INTEGER
);
CREATE INDEX index_jobs_tenant ON index_jobs (tenant_id, id);
-- One of a tenant runs, and one may wait for it to stop.
CREATE UNIQUE INDEX index_jobs_running ON index_jobs (tenant_id)
    WHERE state IN ('preparing', 'backfilling', 'verifying', 'swapping');
CREATE UNIQUE INDEX index_jobs_queued ON index_jobs (tenant_id) WHERE state = 'queued';

-- What is done from time to time by one process for all. A task's row is there from its first run.
CREATE TABLE scheduled_tasks (
    name          TEXT PRIMARY KEY,
    last_run      INTEGER NOT NULL DEFAULT 0,
    claimed_by    TEXT,
    claimed_until INTEGER
);

-- SQLite has no sequences; one writer at a time makes this one exact.
CREATE TABLE index_version (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
);
INSERT INTO index_version (id, value) VALUES (1, 0);
