-- Who takes care of a canary: the mark of the replica that made it or took it over; null where a version before this one made it.
-- And whether anybody else has written of it: who has not may take its own memory for the record.

ALTER TABLE canary ADD COLUMN owner VARCHAR(8);
ALTER TABLE canary ADD COLUMN shared BOOLEAN DEFAULT FALSE NOT NULL;
