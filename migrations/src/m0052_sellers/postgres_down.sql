DROP TABLE payouts;
DROP TABLE seller_profiles;
DROP FUNCTION souk_outbox_seller_profiles_updated;
