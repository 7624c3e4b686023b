-- +goose Up
-- What is kept of each content. The files themselves are where the house keeps files.
CREATE TABLE media_file (
    name   TEXT   NOT NULL PRIMARY KEY, -- hash and ending
    kind   TEXT   NOT NULL CHECK (kind IN ('image', 'video', 'model', 'document')),
    type   TEXT   NOT NULL,
    bytes  BIGINT NOT NULL CHECK (bytes > 0),
    width  BIGINT NOT NULL CHECK (width >= 0),
    height BIGINT NOT NULL CHECK (height >= 0),
    state  TEXT   NOT NULL CHECK (state IN ('waiting', 'ready', 'refused')),
    done   BIGINT NOT NULL,
    total  BIGINT NOT NULL CHECK (done <= total),
    tries  BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    kept   BIGINT NOT NULL,
    error  TEXT   NOT NULL
);
CREATE INDEX media_file_due ON media_file (state, due_at, name);

-- What is on its way.
CREATE TABLE media_upload (
    id     TEXT   NOT NULL PRIMARY KEY,
    owner  TEXT   NOT NULL, -- who brings it
    length BIGINT NOT NULL CHECK (length > 0),
    come   BIGINT NOT NULL CHECK (come >= 0 AND come <= length),
    label  TEXT   NOT NULL, -- what the sender calls it
    name   TEXT   NOT NULL, -- the file that it has become, or ''
    due_at BIGINT NOT NULL  -- when it is forgotten
);
CREATE INDEX media_upload_due ON media_upload (due_at, id);
CREATE INDEX media_upload_owner ON media_upload (owner, due_at);

-- The parts in which it has come.
CREATE TABLE media_part (
    upload TEXT   NOT NULL,
    at     BIGINT NOT NULL, -- the byte at which it begins
    bytes  BIGINT NOT NULL CHECK (bytes > 0),
    lies   TEXT   NOT NULL, -- the name under which it is kept
    PRIMARY KEY (upload, at)
);
