-- Shares: read-only snapshots of a history, each under a token of its own. The snapshot itself is
-- in the key-value store, under share/TOKEN_HASH. A row is never deleted, so that a share that has
-- ended stays ended.

CREATE TABLE shares (
  id         INTEGER PRIMARY KEY,        -- in order of time
  token_hash TEXT    NOT NULL UNIQUE,    -- hex SHA-256 of the share's token
  owner      TEXT    NOT NULL,           -- hex SHA-256 of the token of the session that made it
  key        TEXT    NOT NULL,           -- with the session's token gives the share's token
  hash       TEXT    NOT NULL,           -- hex SHA-256 of the request that made it
  title      TEXT    NOT NULL,           -- as the owner wrote it; empty once the share has ended
  entries    INTEGER NOT NULL,           -- the number in the snapshot
  names      INTEGER NOT NULL,           -- the number of bindings in the snapshot
  opens      INTEGER NOT NULL DEFAULT 0, -- how often it was read
  created_at INTEGER NOT NULL,           -- UTC milliseconds
  expires_at INTEGER,                    -- UTC milliseconds; NULL: never
  -- 0: its snapshot is being stored, 1: open, 2: ended, 3: ended and its snapshot deleted
  state      INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX shares_owner ON shares (owner, state);
CREATE INDEX shares_expiry ON shares (expires_at) WHERE state = 1;
CREATE INDEX shares_left ON shares (id) WHERE state IN (0, 2);

CREATE INDEX owners_used ON owners (used_at);
