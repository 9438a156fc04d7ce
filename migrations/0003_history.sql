-- The history: one row an evaluation, keyed by its owner, so that a page is one range of the table.

-- Who has a history.
CREATE TABLE owners (
  owner     TEXT    PRIMARY KEY,         -- hex SHA-256 of the session's token
  last      INTEGER NOT NULL DEFAULT 0,  -- the id of the newest entry; ids are counted per owner and never used twice
  used_at   INTEGER NOT NULL,            -- UTC milliseconds of the newest entry
  erased_at INTEGER                      -- set: a tombstone, nothing is stored for this owner again
) WITHOUT ROWID;

-- An evaluation that had an answer.
CREATE TABLE entries (
  owner      TEXT    NOT NULL REFERENCES owners (owner), -- whose it is
  id         INTEGER NOT NULL,                           -- from 1, per owner
  at         INTEGER NOT NULL,                           -- UTC milliseconds
  kind       TEXT    NOT NULL,                           -- value, assignment, definition
  expression TEXT    NOT NULL,                           -- as written
  parsed     TEXT    NOT NULL,                           -- as understood
  result     REAL,                                       -- the value, also of an assignment; NULL for a definition
  key        TEXT    NOT NULL,                           -- the append that stored it
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;

-- What an append stored, by its idempotency key, so that a repeat does nothing. Kept for a day.
CREATE TABLE appends (
  id      INTEGER PRIMARY KEY,                        -- in order of time
  owner   TEXT    NOT NULL REFERENCES owners (owner), -- whose it is
  key     TEXT    NOT NULL,                           -- the client's Idempotency-Key, or one made for the request
  hash    TEXT    NOT NULL,                           -- hex SHA-256 of the request that the key belongs to
  outcome TEXT    NOT NULL,                           -- what was answered, as flat records
  first   INTEGER NOT NULL,                           -- the id of its first entry
  at      INTEGER NOT NULL,                           -- UTC milliseconds
  UNIQUE (owner, key)
);
