-- How many of the searches for it led to a click, if all of them found something: then it may be what others meant.
ALTER TABLE suggested_queries ADD COLUMN clicked INTEGER NOT NULL DEFAULT 0;
