-- +goose Up
-- Who waits for something that is full. A row is gone a week after its waiting is over. Whoever waits is a party, or a guest with a
-- mail address; nothing else is kept of him.
CREATE TABLE waitlist (
    id        TEXT   NOT NULL PRIMARY KEY,
    kind      TEXT   NOT NULL, -- which context knows what is waited for
    line      TEXT   NOT NULL, -- a plan or a group
    seller    TEXT   NOT NULL,
    product   TEXT   NOT NULL,
    party     TEXT   NOT NULL,
    person    TEXT   NOT NULL, -- the user of the party who asked, to whom is written
    email     TEXT   NOT NULL,
    lang      TEXT   NOT NULL,
    places    BIGINT NOT NULL CHECK (places >= 0), -- asked for and not handed over yet
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL CHECK (ends_at > starts_at),
    closes_at BIGINT NOT NULL, -- when it is too late
    name      TEXT   NOT NULL,
    label     TEXT   NOT NULL,
    body      TEXT   NOT NULL, -- what was asked for, as its context writes it
    state     TEXT   NOT NULL CHECK (state IN ('waiting', 'offered', 'taken', 'lapsed', 'late', 'ended')),
    asked_at  BIGINT NOT NULL,
    until_at  BIGINT NOT NULL CHECK ((until_at = 0) = (state = 'waiting')), -- until when what is offered is held, and what is over is kept
    ref       TEXT   NOT NULL CHECK (ref = '' OR state <> 'waiting'), -- what was made of an offer
    CHECK ((party = '') <> (email = '')),
    CHECK ((party = '') = (person = '')),
    CHECK ((places = 0) = (state = 'taken'))
);

-- Nobody stands twice for the same.
CREATE UNIQUE INDEX waitlist_once ON waitlist (line, starts_at, ends_at, party, email)
    WHERE state IN ('waiting', 'offered', 'taken');
CREATE INDEX waitlist_line ON waitlist (line, asked_at, id);
CREATE INDEX waitlist_party ON waitlist (party, id) WHERE party <> '';
CREATE INDEX waitlist_email ON waitlist (email, id) WHERE email <> '';
CREATE INDEX waitlist_seller ON waitlist (seller, line, asked_at, id);
CREATE INDEX waitlist_product ON waitlist (product);
CREATE INDEX waitlist_until ON waitlist (until_at) WHERE until_at > 0;
