DROP TABLE product_categories;
DROP TABLE product_fandoms;
DROP VIEW product_changed;
