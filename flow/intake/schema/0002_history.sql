-- +goose Up
-- An import: a file, how it is read, how far it has come, and what became of it. It takes the place of intake_run, which is
-- not used any more and goes in a later release.
CREATE TABLE intake_import (
    id       TEXT   NOT NULL PRIMARY KEY,
    seller   TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    path     TEXT   NOT NULL,
    source   TEXT   NOT NULL,
    way      TEXT   NOT NULL,
    plan     TEXT   NOT NULL,
    stage    TEXT   NOT NULL,
    who      TEXT   NOT NULL,
    wrong    TEXT   NOT NULL,
    position BIGINT NOT NULL,
    noted    BIGINT NOT NULL,
    written  BIGINT NOT NULL,
    added    BIGINT NOT NULL,
    changed  BIGINT NOT NULL,
    same     BIGINT NOT NULL,
    refused  BIGINT NOT NULL,
    trimmed  BIGINT NOT NULL,
    prices   BIGINT NOT NULL,
    stocks   BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    size     BIGINT NOT NULL,
    undone   BIGINT NOT NULL,
    kept     BIGINT NOT NULL,
    begun    BIGINT NOT NULL,
    moved    BIGINT NOT NULL,
    ended    BIGINT NOT NULL,
    lease    BIGINT NOT NULL,
    holder   TEXT   NOT NULL
);
CREATE INDEX intake_import_seller ON intake_import (seller, id);
CREATE INDEX intake_import_source ON intake_import (seller, source, way);
CREATE INDEX intake_import_stage ON intake_import (stage, lease);

-- What an import does, or has done, with one product of its file. The trace is what takes it back.
CREATE TABLE intake_line (
    import  TEXT   NOT NULL,
    line    BIGINT NOT NULL,
    source  TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    outcome TEXT   NOT NULL,
    trouble BIGINT NOT NULL,
    product TEXT   NOT NULL,
    changes TEXT   NOT NULL,
    flaws   TEXT   NOT NULL,
    trace   TEXT   NOT NULL,
    back    TEXT   NOT NULL,
    PRIMARY KEY (import, line)
);
CREATE INDEX intake_line_product ON intake_line (import, product);

-- What the columns of files with these names mean to a seller.
CREATE TABLE intake_mapping (
    seller  TEXT   NOT NULL,
    head    TEXT   NOT NULL,
    columns TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (seller, head)
);

-- Pictures that products name by an address and that are still to be fetched.
CREATE TABLE intake_picture (
    import  TEXT   NOT NULL,
    product TEXT   NOT NULL,
    seller  TEXT   NOT NULL,
    due     BIGINT NOT NULL,
    tries   BIGINT NOT NULL,
    wrong   TEXT   NOT NULL,
    PRIMARY KEY (product)
);
CREATE INDEX intake_picture_due ON intake_picture (due);
