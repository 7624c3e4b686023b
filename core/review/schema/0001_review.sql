-- +goose Up
-- What a buyer says of a product that he has received.
CREATE TABLE review (
    id         TEXT   NOT NULL PRIMARY KEY,
    product    TEXT   NOT NULL,
    seller     TEXT   NOT NULL,
    party      TEXT   NOT NULL, -- whose it is; '' when its author had his account erased
    author     TEXT   NOT NULL, -- what is shown of his name
    lang       TEXT   NOT NULL, -- in which language it was written, as far as its page says
    stars      BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
    body       TEXT   NOT NULL,
    pictures   TEXT   NOT NULL, -- JSON: address, width and height of each
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'shown', 'refused')),
    reason     TEXT   NOT NULL CHECK (state <> 'refused' OR reason <> ''),
    reply      TEXT   NOT NULL, -- what the seller answers, or ''
    replied_at BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version    BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX review_author ON review (product, party) WHERE party <> '';
CREATE INDEX review_product ON review (product, state, id);
CREATE INDEX review_queue ON review (seller, state, id);
CREATE INDEX review_party ON review (party, id) WHERE party <> '';

-- How many stars a product has, kept with each review that is shown or hidden: never counted when a page is read.
CREATE TABLE review_rating (
    product TEXT   NOT NULL PRIMARY KEY,
    n1      BIGINT NOT NULL CHECK (n1 >= 0),
    n2      BIGINT NOT NULL CHECK (n2 >= 0),
    n3      BIGINT NOT NULL CHECK (n3 >= 0),
    n4      BIGINT NOT NULL CHECK (n4 >= 0),
    n5      BIGINT NOT NULL CHECK (n5 >= 0)
);

-- The pictures that a buyer has brought: a review shows no others.
CREATE TABLE review_picture (
    party      TEXT   NOT NULL,
    url        TEXT   NOT NULL,
    width      BIGINT NOT NULL,
    height     BIGINT NOT NULL,
    brought_at BIGINT NOT NULL,
    PRIMARY KEY (party, url)
);
