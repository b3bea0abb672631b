-- Ids sort by byte, which also is quicker than by language. A canary is written two or three times
-- and then never again: room in the page spares new index entries, and old versions go early.

ALTER TABLE canary ALTER COLUMN id TYPE VARCHAR(26) COLLATE "C";
ALTER TABLE canary_event ALTER COLUMN canary TYPE VARCHAR(26) COLLATE "C";
ALTER TABLE canary SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
ALTER TABLE canary_event SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

DROP INDEX canary_open;
CREATE INDEX canary_open ON canary (id) WHERE NOT settled;
