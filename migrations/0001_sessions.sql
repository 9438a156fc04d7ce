-- The two tables of the course that this project implements, in the course's own form.

-- A session groups variables.
CREATE TABLE IF NOT EXISTS sessions (
  session_id INTEGER PRIMARY KEY AUTOINCREMENT -- never reused
);

-- A variable of a session.
CREATE TABLE IF NOT EXISTS variables (
  session_id INTEGER NOT NULL, -- its session
  key        TEXT    NOT NULL, -- its name, as written
  value      REAL    NOT NULL  -- always finite
);
