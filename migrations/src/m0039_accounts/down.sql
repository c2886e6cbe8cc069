DROP TABLE sign_in_failures;
DROP TABLE account_links;
DROP TABLE memberships;
DROP TABLE accounts;
