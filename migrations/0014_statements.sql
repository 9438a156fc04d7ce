-- Every change is one statement: no transaction stays open while a component runs. What belongs
-- together is written to a view, whose trigger spreads it over the tables.

-- How many bindings a session has, and the bytes of their names and sources.
CREATE VIEW session_sizes AS
  SELECT session_id,
    (SELECT count(*) FROM variables AS v WHERE v.session_id = s.session_id)
      + (SELECT count(*) FROM definitions AS d WHERE d.session_id = s.session_id) AS names,
    (SELECT total(octet_length(key)) FROM variables AS v WHERE v.session_id = s.session_id)
      + (SELECT total(octet_length(name) + octet_length(source)) FROM definitions AS d
        WHERE d.session_id = s.session_id) AS bytes
  FROM sessions AS s;

-- A new session, with the states of the rates that it counts for.
CREATE VIEW new_sessions AS
  SELECT token_hash, created_at AS at, NULL AS client, NULL AS client_quota_at, NULL AS quota_at
  FROM sessions;
CREATE TRIGGER new_sessions_insert INSTEAD OF INSERT ON new_sessions BEGIN
  DELETE FROM clients WHERE client IN
    (SELECT client FROM clients WHERE quota_at < NEW.at * 1000 LIMIT 8);
  INSERT INTO clients (client, quota_at) VALUES ('', NEW.quota_at)
    ON CONFLICT (client) DO UPDATE SET quota_at = excluded.quota_at;
  INSERT INTO clients (client, quota_at)
    SELECT NEW.client, NEW.client_quota_at WHERE NEW.client <> ''
    ON CONFLICT (client) DO UPDATE SET quota_at = excluded.quota_at;
  INSERT INTO sessions (token_hash, created_at, used_at) VALUES (NEW.token_hash, NEW.at, NEW.at);
END;

-- Bindings that are set: a row for each, or one row without a name. The session's new state and the
-- commit, if there is one, are the same in all rows of a change. The last row is checked against
-- the limits.
CREATE VIEW session_changes AS
  SELECT session_id, version, quota_at, replies_at, used_at AS at,
    NULL AS key, NULL AS hash, NULL AS response,
    NULL AS name, NULL AS value, NULL AS unit, NULL AS source,
    NULL AS is_last, NULL AS max_names, NULL AS max_bytes
  FROM sessions;
CREATE TRIGGER session_changes_insert INSTEAD OF INSERT ON session_changes BEGIN
  UPDATE sessions
    SET version = NEW.version, quota_at = NEW.quota_at, replies_at = NEW.replies_at
    WHERE session_id = NEW.session_id;
  -- Only now and then, since it changes indexes.
  UPDATE sessions SET used_at = NEW.at, unused_at = NULL
    WHERE session_id = NEW.session_id AND abs(NEW.at - used_at) > 3600000;
  -- A commit is kept for a day. Two old ones go for a new one.
  DELETE FROM commits WHERE NEW.is_last AND NEW.key IS NOT NULL
    AND id IN (SELECT id FROM commits ORDER BY id LIMIT 2) AND at < NEW.at - 86400000;
  INSERT INTO commits (session_id, key, hash, response, at)
    SELECT NEW.session_id, NEW.key, NEW.hash, NEW.response, NEW.at
    WHERE NEW.is_last AND NEW.key IS NOT NULL
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
  SELECT RAISE(ABORT, 'too many names') FROM session_sizes
    WHERE NEW.is_last AND session_id = NEW.session_id AND names > NEW.max_names;
  SELECT RAISE(ABORT, 'too many bytes of names') FROM session_sizes
    WHERE NEW.is_last AND session_id = NEW.session_id AND bytes > NEW.max_bytes;
END;

-- Bindings that are removed. The version grows by one, however many rows there are.
CREATE VIEW session_bindings AS
  SELECT token_hash, version, session_id, key AS name
    FROM sessions JOIN variables USING (session_id) WHERE erased_at IS NULL
  UNION ALL SELECT token_hash, version, session_id, name
    FROM sessions JOIN definitions USING (session_id) WHERE erased_at IS NULL;
CREATE TRIGGER session_bindings_delete INSTEAD OF DELETE ON session_bindings BEGIN
  DELETE FROM variables WHERE session_id = OLD.session_id AND key = OLD.name;
  DELETE FROM definitions WHERE session_id = OLD.session_id AND name = OLD.name;
  UPDATE sessions SET version = OLD.version + 1 WHERE session_id = OLD.session_id;
END;

-- A session that is erased leaves its row, a session that is swept leaves nothing.
CREATE TRIGGER sessions_erased AFTER UPDATE OF erased_at ON sessions BEGIN
  DELETE FROM variables WHERE session_id = NEW.session_id;
  DELETE FROM definitions WHERE session_id = NEW.session_id;
  DELETE FROM commits WHERE session_id = NEW.session_id;
END;
CREATE TRIGGER sessions_deleted AFTER DELETE ON sessions BEGIN
  DELETE FROM variables WHERE session_id = OLD.session_id;
  DELETE FROM definitions WHERE session_id = OLD.session_id;
  DELETE FROM commits WHERE session_id = OLD.session_id;
END;
