DROP TABLE product_watches;
DROP INDEX refunds_day;
DROP INDEX order_groups_day;
