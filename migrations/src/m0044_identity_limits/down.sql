DROP INDEX mails_recipient;
DROP INDEX account_sessions_idle;
DROP INDEX accounts_unconfirmed;
