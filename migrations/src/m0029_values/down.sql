DROP INDEX products_brand;
