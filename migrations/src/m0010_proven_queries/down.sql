ALTER TABLE suggested_queries DROP COLUMN clicked;
