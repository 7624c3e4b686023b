-- +goose Up
-- A trade as the venue told it. Told twice, it is here once; busted_at says when it was taken back.
CREATE TABLE clearing_trade (
    id         BIGINT NOT NULL PRIMARY KEY CHECK (id > 0),
    instrument TEXT   NOT NULL,
    asset      TEXT   NOT NULL,
    currency   TEXT   NOT NULL CHECK (currency <> asset),
    price      BIGINT NOT NULL,
    quantity   BIGINT NOT NULL CHECK (quantity > 0),
    amount     BIGINT NOT NULL CHECK (amount >= 0),
    buyer      TEXT   NOT NULL,
    seller     TEXT   NOT NULL,
    buy_order  BIGINT NOT NULL,
    sell_order BIGINT NOT NULL,
    day        TEXT   NOT NULL,
    settle_day TEXT   NOT NULL CHECK (settle_day >= day),
    buy_fee    BIGINT NOT NULL CHECK (buy_fee >= 0),
    sell_fee   BIGINT NOT NULL CHECK (sell_fee >= 0),
    vat        BIGINT NOT NULL CHECK (vat >= 0),
    kind       TEXT   NOT NULL CHECK (kind IN ('continuous', 'auction', 'negotiated', 'lot', 'tender')),
    forward    BIGINT NOT NULL CHECK (forward IN (0, 1)),
    at         BIGINT NOT NULL,
    busted_at  BIGINT NOT NULL
);
CREATE INDEX clearing_trade_day ON clearing_trade (day, id);

-- What one side of a trade owes to the house and has to get from it. Units are settled, open, or ended in another way;
-- money is paid, owed, or dropped.
CREATE TABLE clearing_obligation (
    trade    BIGINT NOT NULL REFERENCES clearing_trade (id),
    side     TEXT   NOT NULL CHECK (side IN ('buy', 'sell')),
    account  TEXT   NOT NULL,
    asset    TEXT   NOT NULL,
    currency TEXT   NOT NULL,
    day      TEXT   NOT NULL,
    due      TEXT   NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity >= 0),
    amount   BIGINT NOT NULL CHECK (amount >= 0),
    open     BIGINT NOT NULL CHECK (open >= 0),
    owed     BIGINT NOT NULL CHECK (owed >= 0),
    settled  BIGINT NOT NULL CHECK (settled >= 0),
    paid     BIGINT NOT NULL CHECK (paid >= 0),
    ended    BIGINT NOT NULL CHECK (ended >= 0),
    dropped  BIGINT NOT NULL CHECK (dropped >= 0),
    fails    BIGINT NOT NULL CHECK (fails >= 0),
    state    TEXT   NOT NULL CHECK (state IN ('open', 'failed', 'settled', 'bought_in', 'closed', 'busted')),
    forward  BIGINT NOT NULL CHECK (forward IN (0, 1)),
    PRIMARY KEY (trade, side),
    CHECK (quantity = open + settled + ended),
    CHECK (amount = owed + paid + dropped),
    CHECK ((open > 0) = (state IN ('open', 'failed'))),
    CHECK (open > 0 OR owed = 0)
);
-- What is not done yet, and what an account has not done yet.
CREATE INDEX clearing_obligation_due ON clearing_obligation (due, trade) WHERE open > 0;
CREATE INDEX clearing_obligation_account ON clearing_obligation (account, trade) WHERE open > 0;
CREATE INDEX clearing_obligation_asset ON clearing_obligation (asset, trade) WHERE open > 0;

-- Money that an account owes beside its trades: fees, penalties, claims. It is paid whole, the oldest first.
CREATE TABLE clearing_due (
    id       TEXT   NOT NULL PRIMARY KEY,
    kind     TEXT   NOT NULL CHECK (kind IN ('fee', 'penalty', 'claim', 'call', 'difference')),
    payer    TEXT   NOT NULL,
    payee    TEXT   NOT NULL CHECK (payee <> payer),
    currency TEXT   NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount > 0),
    tax      BIGINT NOT NULL CHECK (tax >= 0 AND tax <= amount),
    day      TEXT   NOT NULL,
    trade    BIGINT NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('due', 'paid', 'dropped', 'returned'))
);
CREATE INDEX clearing_due_day ON clearing_due (day, trade, id) WHERE state = 'due';
CREATE INDEX clearing_due_trade ON clearing_due (trade, id);

-- A trade that did not settle whole on a day, by whose lack, and what it costs him.
CREATE TABLE clearing_failure (
    trade    BIGINT NOT NULL REFERENCES clearing_trade (id),
    day      TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    lacks    TEXT   NOT NULL,
    open     BIGINT NOT NULL CHECK (open > 0),
    owed     BIGINT NOT NULL CHECK (owed >= 0),
    currency TEXT   NOT NULL,
    penalty  BIGINT NOT NULL CHECK (penalty >= 0),
    fails    BIGINT NOT NULL CHECK (fails > 0),
    PRIMARY KEY (trade, day)
);
CREATE INDEX clearing_failure_day ON clearing_failure (day, trade);

-- What came in from outside and what went out, below zero; with a source, from another place of the exchange. A reference
-- is told once.
CREATE TABLE clearing_movement (
    ref    TEXT   NOT NULL PRIMARY KEY,
    place  TEXT   NOT NULL,
    source TEXT   NOT NULL,
    asset  TEXT   NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    at     BIGINT NOT NULL
);

-- A warehouse receipt: goods of one quality in one store, and the one account that owns them.
CREATE TABLE clearing_receipt (
    id       TEXT   NOT NULL PRIMARY KEY,
    asset    TEXT   NOT NULL,
    lot      TEXT   NOT NULL,
    quality  TEXT   NOT NULL,
    store    TEXT   NOT NULL,
    expires  TEXT   NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    owner    TEXT   NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('stored', 'released')),
    origin   TEXT   NOT NULL
);
CREATE INDEX clearing_receipt_owner ON clearing_receipt (owner, asset, expires, id);
CREATE INDEX clearing_receipt_asset ON clearing_receipt (asset, id);

-- What an issuer does for all who hold an asset at the end of a day.
CREATE TABLE clearing_action (
    ref      TEXT   NOT NULL PRIMARY KEY,
    kind     TEXT   NOT NULL CHECK (kind IN ('dividend', 'coupon', 'split')),
    asset    TEXT   NOT NULL,
    currency TEXT   NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount >= 0),
    per      BIGINT NOT NULL CHECK (per > 0),
    payer    TEXT   NOT NULL,
    day      TEXT   NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('recorded', 'done'))
);
CREATE INDEX clearing_action_asset ON clearing_action (asset, day);

-- Who held how much then; with a giver, what he should have delivered to the holder by then.
CREATE TABLE clearing_entitled (
    ref      TEXT   NOT NULL REFERENCES clearing_action (ref),
    position BIGINT NOT NULL,
    holder   TEXT   NOT NULL,
    giver    TEXT   NOT NULL,
    trade    BIGINT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (ref, position)
);

-- The settlement price of a forward on a day, and the margin of one unit.
CREATE TABLE clearing_fixing (
    instrument TEXT   NOT NULL,
    day        TEXT   NOT NULL,
    price      BIGINT NOT NULL CHECK (price >= 0),
    unit       BIGINT NOT NULL CHECK (unit > 0),
    margin     BIGINT NOT NULL CHECK (margin >= 0),
    PRIMARY KEY (instrument, day)
);

-- Who could not pay, and whose money stood for it.
CREATE TABLE clearing_default (
    ref    TEXT   NOT NULL PRIMARY KEY,
    member TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
