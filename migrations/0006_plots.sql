-- What a plot draws. The ends of its range are numbers of then, which its text alone does not give.

ALTER TABLE entries ADD COLUMN plot TEXT; -- a line each: variable, from, to, every expression in canonical form; NULL for any other kind
