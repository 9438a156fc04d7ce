-- Sessions become capabilities with a version; names may be defined as functions;
-- a commit happens once.

ALTER TABLE sessions ADD COLUMN token_hash TEXT;                        -- hex SHA-256 of the token; NULL: nobody can reach it
ALTER TABLE sessions ADD COLUMN version    INTEGER NOT NULL DEFAULT 0;  -- grows by one with every change of its names
ALTER TABLE sessions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;  -- UTC milliseconds
ALTER TABLE sessions ADD COLUMN used_at    INTEGER NOT NULL DEFAULT 0;  -- UTC milliseconds, written at most daily
ALTER TABLE sessions ADD COLUMN slot_at    INTEGER NOT NULL DEFAULT 0;  -- UTC milliseconds; up to here the moments for a commit are taken
ALTER TABLE sessions ADD COLUMN erased_at  INTEGER;                     -- set: a tombstone, nothing of it is left
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_used ON sessions (used_at);

DELETE FROM variables WHERE rowid NOT IN (SELECT max(rowid) FROM variables GROUP BY session_id, key);
CREATE UNIQUE INDEX variables_name ON variables (session_id, key);

-- A function that a session defines. A name is a variable or a definition, never both.
CREATE TABLE definitions (
  session_id INTEGER NOT NULL REFERENCES sessions (session_id), -- whose it is
  name       TEXT    NOT NULL,                                  -- its name, as written
  source     TEXT    NOT NULL,                                  -- canonical: f(x) = x^2
  PRIMARY KEY (session_id, name)
) WITHOUT ROWID;

-- What a commit did, by its idempotency key, so that a repeat does nothing. Kept for a day.
CREATE TABLE commits (
  id         INTEGER PRIMARY KEY,                               -- in order of time
  session_id INTEGER NOT NULL REFERENCES sessions (session_id), -- whose it is
  key        TEXT    NOT NULL,                                  -- the client's Idempotency-Key, or one made for the request
  hash       TEXT    NOT NULL,                                  -- hex SHA-256 of the request that the key belongs to
  outcome    TEXT    NOT NULL,                                  -- what was answered, as flat records
  version    INTEGER NOT NULL,                                  -- the session's version afterwards
  at         INTEGER NOT NULL,                                  -- UTC milliseconds
  UNIQUE (session_id, key)
);

-- One secret of this database: the session of an idempotency key without a session is derived from it.
CREATE TABLE secrets (
  value TEXT NOT NULL -- 256 random bits in hexadecimal
);
INSERT INTO secrets SELECT lower(hex(randomblob(32)));
