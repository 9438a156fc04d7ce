-- New sessions are limited for each client, a session keeps replies up to a size, and nothing is
-- swept at first sight.

-- The rate of new sessions: a row for each client of the last minute, and one for all.
CREATE TABLE clients (
  client   TEXT    PRIMARY KEY, -- a keyed hash of its address; '' for all
  quota_at INTEGER NOT NULL     -- UTC microseconds; up to here its minute is used up
) WITHOUT ROWID;
CREATE INDEX clients_quota ON clients (quota_at);

-- UTC microseconds; up to here the bytes of replies of a day are used up
ALTER TABLE sessions ADD COLUMN replies_at INTEGER NOT NULL DEFAULT 0;
-- UTC milliseconds when a sweep first found the session unused for 90 days; NULL: in use
ALTER TABLE sessions ADD COLUMN unused_at  INTEGER;
CREATE INDEX sessions_unused ON sessions (unused_at) WHERE unused_at IS NOT NULL;
