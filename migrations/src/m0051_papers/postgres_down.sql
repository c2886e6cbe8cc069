DROP TABLE sales_products;
DROP TABLE sales_days;
DROP TABLE credit_notes;
DROP TABLE invoices;
ALTER TABLE selling_counters DROP COLUMN credit_notes;
ALTER TABLE selling_counters DROP COLUMN invoices;
DELETE FROM mails WHERE account_id IS NULL;
ALTER TABLE mails DROP CONSTRAINT mails_tenant_fkey;
ALTER TABLE mails ALTER COLUMN account_id SET NOT NULL;
