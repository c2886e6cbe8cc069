-- Different networks of the day that searched with every word found, and that clicked a hit. Visitors name themselves, and
-- one can be as many as it likes; its network it cannot choose.
ALTER TABLE search_days ADD COLUMN networks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE search_days ADD COLUMN click_networks INTEGER NOT NULL DEFAULT 0;

-- Different networks of the day that did anything with the product.
ALTER TABLE search_product_days ADD COLUMN networks INTEGER NOT NULL DEFAULT 0;

-- What was counted before is believed: its networks are not known.
UPDATE search_days SET networks = sessions, click_networks = clicked;
UPDATE search_product_days SET networks = clicks + carts + purchases;

-- What each network has been counted for today. A token is a hash of network and deed together; it goes when its day is
-- over.
CREATE TABLE search_networks (
    tenant_id INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    token     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, token)
) WITHOUT ROWID;

-- Secrets of the installation that are kept, by what they are for.
CREATE TABLE installation_secrets (
    name   TEXT PRIMARY KEY,
    secret BLOB NOT NULL
) WITHOUT ROWID;
