DROP TABLE installation_secrets;
DROP TABLE search_networks;
ALTER TABLE search_product_days DROP COLUMN networks;
ALTER TABLE search_days DROP COLUMN click_networks;
ALTER TABLE search_days DROP COLUMN networks;
