-- What names of sessions are hashed with, one secret a day. Whoever needs the next day's makes it and deletes those
-- before: then nobody can tell any more which hashes of two days are the same session's.
CREATE TABLE session_secrets (
    -- Days since 1970 UTC.
    day    INTEGER PRIMARY KEY,
    secret BLOB NOT NULL CHECK (length(secret) = 32)
);
