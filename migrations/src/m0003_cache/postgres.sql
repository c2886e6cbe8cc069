-- Tenants of which changes were indexed while the shared cache could not be told. As long as a row is here, nobody
-- trusts what the cache holds; whoever reaches it first empties it and deletes the row, unless `noted` has changed.
CREATE TABLE cache_debts (
    tenant_id bigint PRIMARY KEY,
    -- When the oldest of the changes was made.
    since     bigint NOT NULL,
    noted     bigint NOT NULL DEFAULT 1
);
