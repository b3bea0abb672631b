-- What SPF, DKIM and DMARC came to: a line a method, tab-separated; null where nobody has looked.

ALTER TABLE canary ADD COLUMN authentication VARCHAR;

-- The certificates that mail ports have shown lately: a line each, tab-separated.
CREATE TABLE port_certificates (
  port    VARCHAR NOT NULL PRIMARY KEY,
  content VARCHAR NOT NULL
);
