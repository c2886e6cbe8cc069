-- Vectors of one model do not compare with those of another: each stands beside the others. `text_hash` is of the text that the
-- vector was made of.
CREATE TABLE product_vectors (
    tenant_id  INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    model      TEXT NOT NULL,
    text_hash  INTEGER NOT NULL,
    vector     BLOB NOT NULL,
    PRIMARY KEY (tenant_id, product_id, model),
    CONSTRAINT product_vectors_product_fkey FOREIGN KEY (tenant_id, product_id)
        REFERENCES products (tenant_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
