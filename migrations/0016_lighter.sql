-- A connection reads all views and triggers before its first statement, and on Spin every request
-- opens one. So few and short ones stay: the limits on names are checked by the service, and what
-- need not happen at once is a statement of its own.

DROP TRIGGER sessions_deleted;
DROP TRIGGER session_bindings_delete;
DROP VIEW session_bindings;
DROP TRIGGER session_changes_insert;
DROP VIEW session_changes;
DROP TRIGGER new_sessions_insert;
DROP VIEW new_sessions;
DROP VIEW session_sizes;

-- Bindings that are set: a row for each, or one row without a name. The other columns are the same
-- in all rows; key is that of a commit.
CREATE VIEW session_changes AS
  SELECT session_id, version, quota_at, replies_at, used_at AS at, NULL AS key, NULL AS hash,
    NULL AS response, NULL AS name, NULL AS value, NULL AS unit, NULL AS source
  FROM sessions;
CREATE TRIGGER session_changes_insert INSTEAD OF INSERT ON session_changes BEGIN
  UPDATE sessions
    SET version = NEW.version, quota_at = NEW.quota_at, replies_at = NEW.replies_at
    WHERE session_id = NEW.session_id;
  -- A commit is kept for a day. Two old ones go for a new one.
  DELETE FROM commits WHERE NEW.key IS NOT NULL
    AND id IN (SELECT id FROM commits ORDER BY id LIMIT 2) AND at < NEW.at - 86400000;
  INSERT INTO commits (session_id, key, hash, response, at)
    SELECT NEW.session_id, NEW.key, NEW.hash, NEW.response, NEW.at WHERE NEW.key IS NOT NULL
    ON CONFLICT (session_id, key) DO UPDATE
    SET hash = excluded.hash, response = excluded.response, at = excluded.at;
  DELETE FROM variables
    WHERE session_id = NEW.session_id AND key = NEW.name AND NEW.source IS NOT NULL;
  DELETE FROM definitions
    WHERE session_id = NEW.session_id AND name = NEW.name AND NEW.value IS NOT NULL;
  INSERT INTO variables (session_id, key, value, unit)
    SELECT NEW.session_id, NEW.name, NEW.value, NEW.unit WHERE NEW.value IS NOT NULL
    ON CONFLICT (session_id, key) DO UPDATE SET value = excluded.value, unit = excluded.unit;
  INSERT INTO definitions (session_id, name, source)
    SELECT NEW.session_id, NEW.name, NEW.source WHERE NEW.source IS NOT NULL
    ON CONFLICT (session_id, name) DO UPDATE SET source = excluded.source;
END;
-- An update removes the binding that it names, or all for the name ''. It inserts nothing, so it
-- works on a full disk.
CREATE TRIGGER session_changes_update INSTEAD OF UPDATE ON session_changes BEGIN
  UPDATE sessions SET version = NEW.version WHERE session_id = NEW.session_id;
  DELETE FROM variables WHERE session_id = NEW.session_id AND NEW.name IN (key, '');
  DELETE FROM definitions WHERE session_id = NEW.session_id AND NEW.name IN (name, '');
END;
