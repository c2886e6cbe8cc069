-- Sellers as partners: who they are, and what they are paid. Times are milliseconds since 1970 UTC.

-- A seller without a row was made by the marketplace itself. `closed_as` says why a closed seller is closed; one that is open
-- is approved, whatever it says.
CREATE TABLE seller_profiles (
    seller_id         INTEGER PRIMARY KEY,
    tenant_id         INTEGER NOT NULL,
    closed_as         TEXT CHECK (closed_as IN ('applied', 'suspended', 'rejected')),
    reason            TEXT,
    -- Details of the trader and bank account, as JSON.
    trader            TEXT,
    payout_account    TEXT,
    terms_accepted_at INTEGER,
    applied_by        INTEGER,
    decided_by        TEXT,
    decided_at        INTEGER,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, seller_id) REFERENCES sellers (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX seller_profiles_seller ON seller_profiles (tenant_id, seller_id);
CREATE INDEX seller_profiles_applicant ON seller_profiles (tenant_id, applied_by) WHERE applied_by IS NOT NULL;

CREATE TABLE payouts (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id      INTEGER NOT NULL,
    seller_id      INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    amount         INTEGER NOT NULL CHECK (amount > 0),
    state          TEXT NOT NULL CHECK (state IN ('created', 'paid', 'returned', 'cancelled')),
    -- Bank account that it goes to, as JSON, as it was then.
    payout_account TEXT NOT NULL,
    reference      TEXT,
    reason         TEXT,
    created_by     TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    paid_at        INTEGER,
    ended_at       INTEGER,
    FOREIGN KEY (tenant_id, seller_id) REFERENCES sellers (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX payouts_tenant ON payouts (tenant_id, id);
CREATE INDEX payouts_seller ON payouts (tenant_id, seller_id, id);
CREATE INDEX payouts_created ON payouts (tenant_id, id) WHERE state = 'created';

-- Details of the trader are a part of the seller's public page.
CREATE TRIGGER seller_profiles_updated AFTER UPDATE OF trader ON seller_profiles WHEN NEW.trader IS NOT OLD.trader BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'seller', NEW.seller_id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'seller' AND entity_id = NEW.seller_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;
