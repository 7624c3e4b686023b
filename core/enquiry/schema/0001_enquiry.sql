-- +goose Up
-- What a buyer asks about a product.
CREATE TABLE enquiry (
    id         TEXT   NOT NULL PRIMARY KEY,
    product    TEXT   NOT NULL,
    seller     TEXT   NOT NULL,
    party      TEXT   NOT NULL, -- whose it is; '' when its author had his account erased
    asker      TEXT   NOT NULL, -- the user who is told of answers; '' as above
    author     TEXT   NOT NULL, -- what is shown of his name
    lang       TEXT   NOT NULL, -- in which language it was written, as far as its page says
    body       TEXT   NOT NULL CHECK (body <> ''),
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'shown', 'refused')),
    reason     TEXT   NOT NULL CHECK (state <> 'refused' OR reason <> ''),
    waits      BIGINT NOT NULL CHECK (waits >= 0), -- how many things of it the staff has not read: itself and answers of buyers
    asked_at   BIGINT NOT NULL,
    version    BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX enquiry_product ON enquiry (product, state, id);
CREATE INDEX enquiry_queue ON enquiry (seller, state, id);
CREATE INDEX enquiry_waits ON enquiry (seller, id) WHERE waits > 0;
CREATE INDEX enquiry_party ON enquiry (party, id) WHERE party <> '';

-- What is answered to it: once by the seller, and once by each buyer who has received the product.
CREATE TABLE enquiry_answer (
    id         TEXT   NOT NULL PRIMARY KEY,
    enquiry    TEXT   NOT NULL,
    whose      TEXT   NOT NULL CHECK (whose IN ('seller', 'buyer')),
    party      TEXT   NOT NULL, -- the buyer; '' for the seller and for who had his account erased
    author     TEXT   NOT NULL,
    lang       TEXT   NOT NULL,
    body       TEXT   NOT NULL CHECK (body <> ''),
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'shown', 'refused')),
    reason     TEXT   NOT NULL CHECK (state <> 'refused' OR reason <> ''),
    said_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX enquiry_answer_seller ON enquiry_answer (enquiry) WHERE whose = 'seller';
CREATE UNIQUE INDEX enquiry_answer_buyer ON enquiry_answer (enquiry, party) WHERE party <> '';
CREATE INDEX enquiry_answer_of ON enquiry_answer (enquiry, id);
CREATE INDEX enquiry_answer_party ON enquiry_answer (party, id) WHERE party <> '';
