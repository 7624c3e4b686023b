-- +goose Up
-- What somebody announces and others bid for. What never changes stands in the body; entries counts what was written
-- beside it, so that two bids at once cannot both be the next one.
CREATE TABLE bidding_notice (
    id           TEXT   NOT NULL PRIMARY KEY,
    number       BIGINT NOT NULL UNIQUE CHECK (number > 0),
    kind         TEXT   NOT NULL CHECK (kind IN ('english', 'dutch', 'sealed_first', 'sealed_second', 'tender', 'tender_two', 'placement')),
    state        TEXT   NOT NULL CHECK (state IN ('announced', 'open', 'second', 'decided', 'settled', 'failed', 'withdrawn')),
    account      TEXT   NOT NULL,
    party        TEXT   NOT NULL,
    by_user      TEXT   NOT NULL,
    instrument   TEXT   NOT NULL,
    currency     TEXT   NOT NULL,
    guarantee    BIGINT NOT NULL CHECK (guarantee >= 0),
    opens_at     BIGINT NOT NULL,
    unseals_at   BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL CHECK (ends_at > opens_at),
    turns_at     BIGINT NOT NULL,
    announced_at BIGINT NOT NULL,
    decided_at   BIGINT NOT NULL,
    entries      BIGINT NOT NULL CHECK (entries >= 0),
    last_at      BIGINT NOT NULL,
    best         BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    body         TEXT   NOT NULL
);
CREATE INDEX bidding_notice_turns ON bidding_notice (turns_at) WHERE turns_at > 0;
CREATE INDEX bidding_notice_account ON bidding_notice (account, number);

-- What was said in a bidding, in its order, once and for good: bids, and bidders who were excluded. What is sealed is
-- written so that only the house can read it.
CREATE TABLE bidding_entry (
    notice  TEXT   NOT NULL REFERENCES bidding_notice (id),
    number  BIGINT NOT NULL CHECK (number > 0),
    what    TEXT   NOT NULL CHECK (what IN ('bid', 'exclusion')),
    account TEXT   NOT NULL,
    by_user TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    sealed  BIGINT NOT NULL CHECK (sealed IN (0, 1)),
    body    TEXT   NOT NULL,
    PRIMARY KEY (notice, number)
);
CREATE INDEX bidding_entry_account ON bidding_entry (account, notice);

-- What was won: who buys what from whom, at which price. Of things in words, this is the contract of the two.
CREATE TABLE bidding_award (
    notice      TEXT   NOT NULL REFERENCES bidding_notice (id),
    number      BIGINT NOT NULL CHECK (number > 0),
    item        BIGINT NOT NULL CHECK (item >= 0),
    buyer       TEXT   NOT NULL,
    buyer_user  TEXT   NOT NULL,
    seller      TEXT   NOT NULL CHECK (seller <> buyer),
    seller_user TEXT   NOT NULL,
    price       BIGINT NOT NULL,
    quantity    BIGINT NOT NULL CHECK (quantity > 0),
    state       TEXT   NOT NULL CHECK (state IN ('agreed', 'traded', 'refused', 'fulfilled', 'broken')),
    reason      TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (notice, number)
);

-- What secures the word of a bidder. It lies in the ledger until it is released or drawn, each once.
CREATE TABLE bidding_pledge (
    notice   TEXT   NOT NULL REFERENCES bidding_notice (id),
    account  TEXT   NOT NULL,
    by_user  TEXT   NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount > 0),
    currency TEXT   NOT NULL,
    ref      TEXT   NOT NULL UNIQUE,
    state    TEXT   NOT NULL CHECK (state IN ('held', 'released', 'drawn')),
    at       BIGINT NOT NULL,
    PRIMARY KEY (notice, account)
);
CREATE INDEX bidding_pledge_account ON bidding_pledge (account, notice);
