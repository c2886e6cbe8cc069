DROP TABLE payouts;
DROP TABLE seller_profiles;
