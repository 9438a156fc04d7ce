-- Results have units: the number is in the unit, whose text means the same whatever later tables of
-- units have.

-- as the language writes it: km, kg·m/s², %; NULL for a plain number, or no result
ALTER TABLE entries ADD COLUMN unit TEXT;
