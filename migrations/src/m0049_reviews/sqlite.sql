-- Reviews by customers: who wrote them, the order that proves the purchase, their state, the seller's answer and votes.
-- What was there before is published and has no author. Times are milliseconds since 1970 UTC. The account and the order have
-- no foreign keys: an account that has bought is never deleted, and the review outlives the order.
ALTER TABLE reviews ADD COLUMN account_id INTEGER;
ALTER TABLE reviews ADD COLUMN order_id INTEGER;
ALTER TABLE reviews ADD COLUMN is_verified INTEGER NOT NULL DEFAULT 0 CHECK (is_verified IN (0, 1));
ALTER TABLE reviews ADD COLUMN status TEXT NOT NULL DEFAULT 'published' CHECK (status IN ('pending', 'published', 'rejected'));
-- Reason of a rejection, for the author.
ALTER TABLE reviews ADD COLUMN reason TEXT;
ALTER TABLE reviews ADD COLUMN answer TEXT;
ALTER TABLE reviews ADD COLUMN answered_at INTEGER;
-- Number of `review_votes`, those of erased accounts included.
ALTER TABLE reviews ADD COLUMN helpful INTEGER NOT NULL DEFAULT 0 CHECK (helpful >= 0);
-- Time of the author's last edit.
ALTER TABLE reviews ADD COLUMN edited_at INTEGER;
CREATE UNIQUE INDEX reviews_author_key ON reviews (tenant_id, account_id, product_id) WHERE account_id IS NOT NULL;
CREATE INDEX reviews_shown ON reviews (tenant_id, product_id, status, id);
CREATE INDEX reviews_rated ON reviews (tenant_id, product_id, status, rating, id);
CREATE INDEX reviews_status ON reviews (tenant_id, status, id);

-- Accounts that found a review helpful.
CREATE TABLE review_votes (
    tenant_id  INTEGER NOT NULL,
    review_id  INTEGER NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (review_id, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX review_votes_account ON review_votes (tenant_id, account_id, review_id);

CREATE TABLE review_settings (
    tenant_id    INTEGER PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    is_moderated INTEGER NOT NULL CHECK (is_moderated IN (0, 1)),
    updated_at   INTEGER NOT NULL
);

-- As before, for published reviews alone: what shoppers do not see changes no product. A change of the text alone leaves the
-- rating as it is.
DROP TRIGGER reviews_inserted;
DROP TRIGGER reviews_updated;
DROP TRIGGER reviews_deleted;

CREATE TRIGGER reviews_inserted AFTER INSERT ON reviews WHEN NEW.status = 'published' BEGIN
    UPDATE products SET rating_count = rating_count + 1, rating_sum = rating_sum + NEW.rating
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER reviews_updated AFTER UPDATE ON reviews
WHEN (NEW.status = 'published' OR OLD.status = 'published') AND
     (NEW.id, NEW.tenant_id, NEW.product_id, NEW.author, NEW.rating, NEW.title, NEW.body, NEW.created_at,
      NEW.status, NEW.is_verified, NEW.answer, NEW.answered_at, NEW.helpful, NEW.edited_at)
     IS NOT
     (OLD.id, OLD.tenant_id, OLD.product_id, OLD.author, OLD.rating, OLD.title, OLD.body, OLD.created_at,
      OLD.status, OLD.is_verified, OLD.answer, OLD.answered_at, OLD.helpful, OLD.edited_at)
BEGIN
    UPDATE products
    SET rating_count = max(rating_count - 1, 0),
        rating_sum = min(max(rating_sum - OLD.rating, max(rating_count - 1, 0)), max(rating_count - 1, 0) * 5)
    WHERE id = OLD.product_id AND OLD.status = 'published'
      AND (NEW.product_id, NEW.rating, NEW.status) IS NOT (OLD.product_id, OLD.rating, OLD.status);
    UPDATE products SET rating_count = rating_count + 1, rating_sum = rating_sum + NEW.rating
    WHERE id = NEW.product_id AND NEW.status = 'published'
      AND (NEW.product_id, NEW.rating, NEW.status) IS NOT (OLD.product_id, OLD.rating, OLD.status);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = OLD.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = OLD.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER reviews_deleted AFTER DELETE ON reviews WHEN OLD.status = 'published' BEGIN
    UPDATE products
    SET rating_count = max(rating_count - 1, 0),
        rating_sum = min(max(rating_sum - OLD.rating, max(rating_count - 1, 0)), max(rating_count - 1, 0) * 5)
    WHERE id = OLD.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = OLD.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = OLD.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;
