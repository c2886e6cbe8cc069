-- Reviews by customers: who wrote them, the order that proves the purchase, their state, the seller's answer and votes.
-- What was there before is published and has no author. Times are milliseconds since 1970 UTC.
ALTER TABLE reviews
    ADD COLUMN account_id  bigint,
    -- Order that was found when it was written; no foreign key, because the review outlives it.
    ADD COLUMN order_id    bigint,
    ADD COLUMN is_verified bigint NOT NULL DEFAULT 0 CHECK (is_verified IN (0, 1)),
    ADD COLUMN status      text NOT NULL DEFAULT 'published' CHECK (status IN ('pending', 'published', 'rejected')),
    -- Reason of a rejection, for the author.
    ADD COLUMN reason      text,
    ADD COLUMN answer      text,
    ADD COLUMN answered_at bigint,
    -- Number of `review_votes`, those of erased accounts included.
    ADD COLUMN helpful     bigint NOT NULL DEFAULT 0 CHECK (helpful >= 0),
    -- Time of the author's last edit.
    ADD COLUMN edited_at   bigint,
    ADD CONSTRAINT reviews_account_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    ADD CONSTRAINT reviews_answer_check CHECK ((answer IS NULL) = (answered_at IS NULL));
CREATE UNIQUE INDEX reviews_author_key ON reviews (tenant_id, account_id, product_id) WHERE account_id IS NOT NULL;
CREATE INDEX reviews_shown ON reviews (tenant_id, product_id, status, id);
CREATE INDEX reviews_rated ON reviews (tenant_id, product_id, status, rating, id);
CREATE INDEX reviews_status ON reviews (tenant_id, status, id);

-- Accounts that found a review helpful.
CREATE TABLE review_votes (
    tenant_id  bigint NOT NULL,
    review_id  bigint NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    account_id bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (review_id, account_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX review_votes_account ON review_votes (tenant_id, account_id, review_id);

CREATE TABLE review_settings (
    tenant_id    bigint PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    is_moderated bigint NOT NULL CHECK (is_moderated IN (0, 1)),
    updated_at   bigint NOT NULL
);

-- A product whose totals are at their bounds does not change, and nevertheless has another list of reviews.
CREATE OR REPLACE FUNCTION souk_add_ratings(touched bigint[], counts bigint[], sums bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    WITH changes AS (
        SELECT * FROM unnest(touched, counts, sums) AS change (id, count, sum)
    ), rated AS (
        UPDATE products p
        SET rating_count = greatest(p.rating_count + c.count, 0),
            rating_sum = least(greatest(p.rating_sum + c.sum, greatest(p.rating_count + c.count, 0)),
                               greatest(p.rating_count + c.count, 0) * 5)
        FROM changes c
        WHERE p.id = c.id
          AND (p.rating_count, p.rating_sum) IS DISTINCT FROM
              (greatest(p.rating_count + c.count, 0),
               least(greatest(p.rating_sum + c.sum, greatest(p.rating_count + c.count, 0)),
                     greatest(p.rating_count + c.count, 0) * 5))
        RETURNING p.id
    ), others AS MATERIALIZED (
        SELECT p.tenant_id, p.id FROM products p
        WHERE p.id = ANY (touched) AND p.id NOT IN (SELECT id FROM rated)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM others) FROM others ORDER BY id;
END $$;

-- As before, for published reviews alone: what shoppers do not see changes no product.
CREATE OR REPLACE FUNCTION souk_reviews_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[]; counts bigint[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(total) INTO touched, counts, sums
    FROM (
        SELECT product_id, count(*) AS n, sum(rating)::bigint AS total
        FROM new_rows WHERE status = 'published' GROUP BY 1
    ) changes;
    IF touched IS NOT NULL THEN
        PERFORM souk_add_ratings(touched, counts, sums);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_reviews_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[]; counts bigint[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(total) INTO touched, counts, sums
    FROM (
        SELECT product_id, -count(*) AS n, -sum(rating)::bigint AS total
        FROM old_rows WHERE status = 'published' GROUP BY 1
    ) changes;
    IF touched IS NOT NULL THEN
        PERFORM souk_add_ratings(touched, counts, sums);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_reviews_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[]; counts bigint[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(total) INTO touched, counts, sums
    FROM (
        SELECT product_id, sum(count)::bigint AS n, sum(rating)::bigint AS total
        FROM (
            SELECT n.product_id AS new_product, n.rating AS new_rating, n.status AS new_status,
                   o.product_id AS old_product, o.rating AS old_rating, o.status AS old_status
            FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
            WHERE (n.status = 'published' OR o.status = 'published')
              AND (n.product_id, n.author, n.rating, n.title, n.body, n.created_at, n.status, n.is_verified, n.answer,
                   n.answered_at, n.helpful, n.edited_at)
                  IS DISTINCT FROM
                  (o.product_id, o.author, o.rating, o.title, o.body, o.created_at, o.status, o.is_verified, o.answer,
                   o.answered_at, o.helpful, o.edited_at)
        ) changed, LATERAL (VALUES (new_product, 1, new_rating, new_status), (old_product, -1, -old_rating, old_status))
            AS both_sides (product_id, count, rating, status)
        WHERE product_id IS NOT NULL AND status = 'published'
        GROUP BY product_id
    ) changes;
    IF touched IS NOT NULL THEN
        PERFORM souk_add_ratings(touched, counts, sums);
    END IF;
    RETURN NULL;
END $$;
