-- Entries replace others. Both stay as they were written; the newer one is shown in the place of
-- the older one.

-- id of the entry that this one replaces; NULL for most
ALTER TABLE entries ADD COLUMN replaces INTEGER;
-- id of the first entry in the same place; NULL for that entry itself
ALTER TABLE entries ADD COLUMN place INTEGER;
CREATE INDEX entries_place ON entries (owner, place, id) WHERE place IS NOT NULL;

-- The entries that are shown, one for each place: the newest. Most are the first in their place,
-- and are read by the primary key.
CREATE VIEW shown AS
  SELECT owner, id AS place, id, at, kind, expression, parsed, result, plot, unit, replaces
    FROM entries AS e WHERE place IS NULL AND NOT EXISTS
      (SELECT 1 FROM entries AS later WHERE later.owner = e.owner AND later.place = e.id)
  UNION ALL
  SELECT owner, place, id, at, kind, expression, parsed, result, plot, unit, replaces
    FROM entries AS e WHERE place IS NOT NULL AND NOT EXISTS
      (SELECT 1 FROM entries AS later WHERE later.owner = e.owner AND later.place = e.place
        AND later.id > e.id);
