-- +goose Up
-- What a seller shows around the goods: a look, pages, posts, banners. A body is JSON; the shown one is that of the edition.
CREATE TABLE window_piece (
    id      TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    kind    TEXT   NOT NULL CHECK (kind IN ('look', 'page', 'post', 'banner')),
    state   TEXT   NOT NULL CHECK (state IN ('draft', 'shown', 'ended')),
    slug    TEXT   NOT NULL, -- the published address; '' before, and for kinds without one
    draft   TEXT   NOT NULL,
    shown   TEXT   NOT NULL, -- '' before the first edition
    edition BIGINT NOT NULL CHECK (edition >= 0),
    version BIGINT NOT NULL CHECK (version > 0),
    first   BIGINT NOT NULL, -- when it was first published; 0 before
    changed BIGINT NOT NULL,
    who     TEXT   NOT NULL,
    CHECK ((state = 'draft') = (edition = 0))
);
CREATE INDEX window_piece_kind ON window_piece (seller, kind, id);
CREATE UNIQUE INDEX window_piece_look ON window_piece (seller) WHERE kind = 'look';
CREATE UNIQUE INDEX window_piece_slug ON window_piece (seller, kind, slug) WHERE slug <> '';
-- What was published, as it was.
CREATE TABLE window_edition (
    piece  TEXT   NOT NULL,
    number BIGINT NOT NULL,
    body   TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    who    TEXT   NOT NULL,
    PRIMARY KEY (piece, number)
);
-- Every address that a piece has had. The present one is in the piece; the others lead there.
CREATE TABLE window_address (
    seller TEXT NOT NULL,
    kind   TEXT NOT NULL,
    slug   TEXT NOT NULL,
    piece  TEXT NOT NULL,
    PRIMARY KEY (seller, kind, slug)
);
-- Links that show a draft to whoever has one, for a short while.
CREATE TABLE window_preview (
    token TEXT   NOT NULL PRIMARY KEY,
    piece TEXT   NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX window_preview_until ON window_preview (until);
