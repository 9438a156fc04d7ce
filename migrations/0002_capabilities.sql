-- Sessions become capabilities with a version, functions can be defined, and a commit happens once.

-- hex SHA-256 of the token; NULL: the session cannot be reached
ALTER TABLE sessions ADD COLUMN token_hash TEXT;
-- grows by one with each change of the bindings
ALTER TABLE sessions ADD COLUMN version    INTEGER NOT NULL DEFAULT 0;
-- UTC milliseconds
ALTER TABLE sessions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
-- UTC milliseconds, written at most daily
ALTER TABLE sessions ADD COLUMN used_at    INTEGER NOT NULL DEFAULT 0;
-- from an earlier way to order commits; not used any more
ALTER TABLE sessions ADD COLUMN slot_at    INTEGER NOT NULL DEFAULT 0;
-- UTC milliseconds; if set, the row is a tombstone and the rest of the session is gone
ALTER TABLE sessions ADD COLUMN erased_at  INTEGER;
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_used ON sessions (used_at);

-- The course's tables can hold a name twice: the latest value stays.
DELETE FROM variables
  WHERE rowid NOT IN (SELECT max(rowid) FROM variables GROUP BY session_id, key);
CREATE UNIQUE INDEX variables_name ON variables (session_id, key);

-- A function of a session. A name is a variable or a function, never both.
CREATE TABLE definitions (
  session_id INTEGER NOT NULL REFERENCES sessions (session_id), -- its session
  name       TEXT    NOT NULL,                                  -- as written
  source     TEXT    NOT NULL,                                  -- in canonical form: f(x) = x^2
  PRIMARY KEY (session_id, name)
) WITHOUT ROWID;

-- Commits by their idempotency keys, so that a repeat does nothing. Kept for a day.
CREATE TABLE commits (
  id         INTEGER PRIMARY KEY,                               -- in order of time
  session_id INTEGER NOT NULL REFERENCES sessions (session_id), -- its session
  key        TEXT    NOT NULL,                                  -- the client's, or a random one
  hash       TEXT    NOT NULL,                                  -- hex SHA-256 of the request
  outcome    TEXT    NOT NULL,                                  -- what was answered
  version    INTEGER NOT NULL,                                  -- the session's, afterwards
  at         INTEGER NOT NULL,                                  -- UTC milliseconds
  UNIQUE (session_id, key)
);

-- The secret of this database, from which a key without a session makes the session's token.
CREATE TABLE secrets (
  value TEXT NOT NULL -- 256 random bits in hexadecimal
);
INSERT INTO secrets SELECT lower(hex(randomblob(32)));
