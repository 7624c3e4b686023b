-- +goose Up
-- Who buys from a seller, and how much: counted from the orders, which stay the truth.
CREATE TABLE customer (
    id       TEXT   NOT NULL PRIMARY KEY,
    seller   TEXT   NOT NULL,
    key      TEXT   NOT NULL, -- by what he is known again: his address, else his party or his order; '' when he was forgotten
    kind     TEXT   NOT NULL CHECK (kind IN ('guest', 'person', 'organisation')),
    party    TEXT   NOT NULL,
    name     TEXT   NOT NULL,
    company  TEXT   NOT NULL,
    email    TEXT   NOT NULL,
    phone    TEXT   NOT NULL,
    orders   BIGINT NOT NULL CHECK (orders >= 0),
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL CHECK (last_at >= first_at),
    gone     BIGINT NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)) -- He had his account erased: only the sums stay.
);
CREATE UNIQUE INDEX customer_key ON customer (key, seller) WHERE key <> '';
CREATE INDEX customer_party ON customer (party) WHERE party <> '';
CREATE INDEX customer_last ON customer (seller, last_at, id) WHERE gone = 0;
CREATE INDEX customer_first ON customer (seller, first_at, id) WHERE gone = 0;
CREATE INDEX customer_orders ON customer (seller, orders, id) WHERE gone = 0;
CREATE INDEX customer_kind ON customer (seller, kind, last_at, id) WHERE gone = 0;
CREATE INDEX customer_back ON customer (seller, last_at, id) WHERE gone = 0 AND orders > 1;

-- What he has spent, in each currency.
CREATE TABLE customer_spent (
    customer TEXT   NOT NULL,
    currency TEXT   NOT NULL,
    seller   TEXT   NOT NULL,
    minor    BIGINT NOT NULL CHECK (minor >= 0),
    PRIMARY KEY (customer, currency)
);
CREATE INDEX customer_spent_most ON customer_spent (seller, currency, minor, customer);

-- What each order was counted as, so that it is counted once and taken back as it was.
CREATE TABLE customer_order (
    order_id TEXT   NOT NULL PRIMARY KEY,
    customer TEXT   NOT NULL,
    currency TEXT   NOT NULL,
    minor    BIGINT NOT NULL,
    counts   BIGINT NOT NULL CHECK (counts IN (0, 1)) -- 0 when it was cancelled.
);
CREATE INDEX customer_order_customer ON customer_order (customer, order_id);

-- By what he is found: words of his name, his address and his telephone number, each as the hexadecimal digits of its bytes,
-- which stand in the same order in every collation.
CREATE TABLE customer_word (
    customer TEXT NOT NULL,
    word     TEXT NOT NULL,
    seller   TEXT NOT NULL,
    PRIMARY KEY (customer, word)
);
CREATE INDEX customer_word_begins ON customer_word (seller, word, customer);

-- What the staff has noted down about him.
CREATE TABLE customer_note (
    id       TEXT   NOT NULL PRIMARY KEY,
    customer TEXT   NOT NULL,
    body     TEXT   NOT NULL CHECK (body <> ''),
    who      TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX customer_note_customer ON customer_note (customer, id);

-- Up to which order they were counted. A new house, and one that was upgraded, counts from the first one on.
CREATE TABLE customer_upto (
    name TEXT NOT NULL PRIMARY KEY,
    upto TEXT NOT NULL
);
