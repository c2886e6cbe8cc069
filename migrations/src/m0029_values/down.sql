DROP TABLE suggestion_decisions;
DROP TABLE search_network_sums;
DROP INDEX products_brand;
