ALTER TABLE account_sessions DROP COLUMN factor_at;
DROP TABLE sign_in_challenges;
DROP TABLE recovery_codes;
DROP TABLE account_totp;
