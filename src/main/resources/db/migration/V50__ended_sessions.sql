-- Sessions that somebody ended before their time, for every replica to know until they would have
-- ended by themselves. Who ended when is told by the database's clock, which all share.

CREATE TABLE ended_session (
  id       VARCHAR(64) NOT NULL PRIMARY KEY,
  until_at BIGINT      NOT NULL,
  ended_at BIGINT      NOT NULL
);

CREATE INDEX ended_session_at ON ended_session (ended_at);
CREATE INDEX ended_session_until ON ended_session (until_at);
