-- Every change is one statement: no transaction stays open while a component runs. What belongs
-- together is written to a view, whose trigger spreads it over the tables.

-- The entries of an evaluation, a row for each, n from 0. The owner's new state and the key are the
-- same in all rows.
CREATE VIEW recordings AS
  SELECT owner, last, quota_at, bytes, used_at AS at, NULL AS key, NULL AS n, NULL AS id,
    NULL AS written_at, NULL AS kind, NULL AS expression, NULL AS parsed, NULL AS result,
    NULL AS plot, NULL AS unit, NULL AS replaces
  FROM owners;
CREATE TRIGGER recordings_insert INSTEAD OF INSERT ON recordings BEGIN
  -- An append is known for two days. Two old ones go for a new one, unless the clock is wrong: when
  -- the newest owner was not used within a day of now.
  DELETE FROM appends WHERE NEW.n = 0
    AND id IN (SELECT id FROM appends ORDER BY id LIMIT 2) AND at < NEW.at - 172800000
    AND (SELECT max(used_at) FROM owners) BETWEEN NEW.at - 86400000 AND NEW.at + 86400000;
  INSERT INTO owners (owner, last, used_at, quota_at, bytes)
    SELECT NEW.owner, NEW.last, NEW.at, NEW.quota_at, NEW.bytes WHERE NEW.n = 0
    ON CONFLICT (owner) DO UPDATE SET last = excluded.last, quota_at = excluded.quota_at,
      bytes = excluded.bytes;
  -- Only now and then, since it changes indexes.
  UPDATE owners SET used_at = NEW.at, unused_at = NULL
    WHERE NEW.n = 0 AND owner = NEW.owner AND abs(NEW.at - used_at) > 3600000;
  INSERT INTO appends (owner, key, first, at)
    SELECT NEW.owner, NEW.key, NEW.id, NEW.at WHERE NEW.n = 0;
  -- One that replaces another goes to its place, if that is still there.
  INSERT INTO entries
    (owner, id, at, kind, expression, parsed, result, key, plot, unit, replaces, place)
    VALUES (NEW.owner, NEW.id, NEW.written_at, NEW.kind, NEW.expression, NEW.parsed,
      NEW.result, NEW.key, NEW.plot, NEW.unit, NEW.replaces,
      (SELECT coalesce(place, id) FROM entries WHERE owner = NEW.owner AND id = NEW.replaces));
END;

-- Single entries that are erased, with the bytes that each counted.
CREATE VIEW sized_entries AS
  SELECT owner, id, place, 200 + octet_length(expression) + octet_length(parsed)
    + coalesce(octet_length(plot), 0) AS bytes
  FROM entries;
CREATE TRIGGER sized_entries_delete INSTEAD OF DELETE ON sized_entries BEGIN
  DELETE FROM entries WHERE owner = OLD.owner AND id = OLD.id;
  UPDATE owners SET bytes = max(0, bytes - OLD.bytes) WHERE owner = OLD.owner;
END;

-- All entries of an owner.
CREATE VIEW histories AS SELECT owner FROM owners WHERE erased_at IS NULL;
CREATE TRIGGER histories_delete INSTEAD OF DELETE ON histories BEGIN
  DELETE FROM entries WHERE owner = OLD.owner;
  UPDATE owners SET bytes = 0 WHERE owner = OLD.owner;
END;

-- An owner who is erased leaves a row, and shares that have ended.
CREATE TRIGGER owners_erased AFTER UPDATE OF erased_at ON owners BEGIN
  DELETE FROM entries WHERE owner = NEW.owner;
  DELETE FROM appends WHERE owner = NEW.owner;
  UPDATE shares SET state = 2, title = '' WHERE owner = NEW.owner AND state <= 1;
END;
-- An owner who is swept leaves nothing; the entries are gone before.
CREATE TRIGGER owners_deleted AFTER DELETE ON owners BEGIN
  DELETE FROM appends WHERE owner = OLD.owner;
END;
