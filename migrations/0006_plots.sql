-- What a plot draws. The ends of its range are numbers at the time of the evaluation, which its
-- text alone does not give.

-- a line each: variable, from, to, every expression in canonical form; NULL for other kinds
ALTER TABLE entries ADD COLUMN plot TEXT;
