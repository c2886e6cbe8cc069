-- Accounts that nobody has confirmed, the oldest first.
CREATE INDEX accounts_unconfirmed ON accounts (created_at, id) WHERE verified_at IS NULL AND erased_at IS NULL;
-- Sessions by the time at which they end without use.
CREATE INDEX account_sessions_idle ON account_sessions ((last_used_at + idle_ms));
-- Mails that somebody got lately.
CREATE INDEX mails_recipient ON mails (tenant_id, recipient, created_at);
