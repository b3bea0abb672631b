-- What each server said last of each name that is watched, in the words of a snapshot.
CREATE TABLE dns_snapshot (
  name    VARCHAR(1024) NOT NULL,
  server  VARCHAR(1200) NOT NULL,
  content VARCHAR       NOT NULL,
  since   BIGINT        NOT NULL,
  PRIMARY KEY (name, server)
);

-- Keys that canaries were seen to be signed with (DKIM).
CREATE TABLE dns_selector (
  domain   VARCHAR(1024) NOT NULL,
  selector VARCHAR(255)  NOT NULL,
  seen_at  BIGINT        NOT NULL,
  PRIMARY KEY (domain, selector)
);

-- What became different. Ids sort by time; lists have a line for each item.
CREATE TABLE noticed_change (
  id           VARCHAR(26) NOT NULL PRIMARY KEY,
  kind         VARCHAR(16) NOT NULL,
  severity     VARCHAR(8)  NOT NULL,
  happened_at  BIGINT      NOT NULL,
  noticed_at   BIGINT      NOT NULL,
  name         VARCHAR     NOT NULL,
  type         VARCHAR(16) NOT NULL,
  what         VARCHAR     NOT NULL,
  who          VARCHAR     NOT NULL,
  lines_before VARCHAR     NOT NULL,
  lines_after  VARCHAR     NOT NULL,
  servers      VARCHAR     NOT NULL
);

CREATE INDEX noticed_change_name ON noticed_change (name, id DESC);
