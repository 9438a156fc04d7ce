-- As in the step before: few and short views and triggers.

DROP VIEW shown;
DROP TRIGGER sized_entries_delete;
DROP VIEW sized_entries;
DROP TRIGGER histories_delete;
DROP VIEW histories;
DROP TRIGGER owners_deleted;
DROP TRIGGER recordings_insert;
DROP VIEW recordings;

-- The entries of an evaluation, a row for each, n from 0. The owner's new state and the key are the
-- same in all rows; used_at is the owner's, for the service alone.
CREATE VIEW recordings AS
  SELECT owner, last, quota_at, bytes, used_at, used_at AS at, NULL AS key, NULL AS n, NULL AS id,
    NULL AS written_at, NULL AS kind, NULL AS expression, NULL AS parsed, NULL AS result,
    NULL AS plot, NULL AS unit, NULL AS replaces
  FROM owners;
CREATE TRIGGER recordings_insert INSTEAD OF INSERT ON recordings BEGIN
  INSERT INTO owners (owner, last, used_at, quota_at, bytes)
    VALUES (NEW.owner, NEW.last, NEW.at, NEW.quota_at, NEW.bytes)
    ON CONFLICT (owner) DO UPDATE SET last = excluded.last, quota_at = excluded.quota_at,
      bytes = excluded.bytes;
  INSERT INTO appends (owner, key, first, at)
    SELECT NEW.owner, NEW.key, NEW.id, NEW.at WHERE NEW.n = 0;
  -- One that replaces another goes to its place, if that is still there.
  INSERT INTO entries
    (owner, id, at, kind, expression, parsed, result, key, plot, unit, replaces, place)
    VALUES (NEW.owner, NEW.id, NEW.written_at, NEW.kind, NEW.expression, NEW.parsed,
      NEW.result, NEW.key, NEW.plot, NEW.unit, NEW.replaces,
      (SELECT coalesce(place, id) FROM entries WHERE owner = NEW.owner AND id = NEW.replaces));
END;
