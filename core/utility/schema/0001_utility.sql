-- +goose Up
-- Who sends bills. What its staff may change is in the body, JSON.
CREATE TABLE utility_provider (
    id      TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    code    TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    body    TEXT   NOT NULL,
    CONSTRAINT utility_provider_code UNIQUE (code)
);
CREATE INDEX utility_provider_seller ON utility_provider (seller, id);

-- What bills are sent to.
CREATE TABLE utility_account (
    id       TEXT   NOT NULL PRIMARY KEY,
    provider TEXT   NOT NULL,
    number   TEXT   NOT NULL,
    holder   TEXT   NOT NULL,
    address  TEXT   NOT NULL,
    people   BIGINT NOT NULL CHECK (people >= 0),
    area     BIGINT NOT NULL CHECK (area >= 0),
    closed   BIGINT NOT NULL CHECK (closed IN (0, 1)),
    payments BIGINT NOT NULL DEFAULT 0 CHECK (payments >= 0),
    told     TEXT   NOT NULL DEFAULT '', -- what a remote provider has said last, JSON
    CONSTRAINT utility_account_number UNIQUE (provider, number)
);

-- What counts the use of a service. The latest reading and the one up to which bills were issued stand here, so that neither a
-- bill nor a judgement has to look through the readings.
CREATE TABLE utility_meter (
    id       TEXT   NOT NULL PRIMARY KEY,
    account  TEXT   NOT NULL,
    service  TEXT   NOT NULL,
    number   TEXT   NOT NULL,
    digits   BIGINT NOT NULL CHECK (digits BETWEEN 3 AND 9),
    last     BIGINT NOT NULL CHECK (last >= 0),
    last_day TEXT   NOT NULL,
    billed   BIGINT NOT NULL CHECK (billed >= 0),
    usual    BIGINT NOT NULL CHECK (usual >= 0),
    CONSTRAINT utility_meter_number UNIQUE (account, service, number)
);

-- What was read, by whom, and whether it was much more than usual. A second reading on a day takes the place of the first.
CREATE TABLE utility_reading (
    id      TEXT   NOT NULL PRIMARY KEY,
    meter   TEXT   NOT NULL,
    account TEXT   NOT NULL,
    day     TEXT   NOT NULL,
    value   BIGINT NOT NULL CHECK (value >= 0),
    used    BIGINT NOT NULL CHECK (used >= 0),
    who     TEXT   NOT NULL,
    unusual BIGINT NOT NULL CHECK (unusual IN (0, 1)),
    CONSTRAINT utility_reading_day UNIQUE (meter, day)
);
CREATE INDEX utility_reading_account ON utility_reading (account, day);

-- What a month cost. It is never changed.
CREATE TABLE utility_bill (
    id        TEXT   NOT NULL PRIMARY KEY,
    provider  TEXT   NOT NULL,
    account   TEXT   NOT NULL,
    month     TEXT   NOT NULL,
    due       TEXT   NOT NULL,
    total     BIGINT NOT NULL CHECK (total >= 0),
    lines     TEXT   NOT NULL,
    issued_at BIGINT NOT NULL,
    CONSTRAINT utility_bill_month UNIQUE (account, month)
);

-- What was paid: once for a channel and its transaction.
CREATE TABLE utility_payment (
    id       TEXT   NOT NULL PRIMARY KEY,
    number   BIGINT NOT NULL,
    provider TEXT   NOT NULL,
    channel  TEXT   NOT NULL,
    txn      TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    bill     TEXT   NOT NULL,
    party    TEXT   NOT NULL,
    order_ref TEXT  NOT NULL,
    sum      BIGINT NOT NULL CHECK (sum > 0),
    lines    TEXT   NOT NULL,
    day      TEXT   NOT NULL, -- the day of the books: that of the channel, not of its arrival
    dated_at BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    told     TEXT   NOT NULL CHECK (told IN ('here', 'waiting', 'told', 'refused')),
    told_ref TEXT   NOT NULL,
    CONSTRAINT utility_payment_txn UNIQUE (provider, channel, txn)
);
CREATE INDEX utility_payment_account ON utility_payment (account, id);
CREATE INDEX utility_payment_day ON utility_payment (day, provider, channel, id);
CREATE INDEX utility_payment_order ON utility_payment (order_ref) WHERE order_ref <> '';

-- The accounts that a buyer keeps.
CREATE TABLE utility_saved (
    party   TEXT   NOT NULL,
    account TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    PRIMARY KEY (party, account)
);
CREATE INDEX utility_saved_account ON utility_saved (account);

-- What a buyer has chosen to pay.
CREATE TABLE utility_draft (
    id        TEXT   NOT NULL PRIMARY KEY,
    provider  TEXT   NOT NULL,
    account   TEXT   NOT NULL,
    bill      TEXT   NOT NULL,
    party     TEXT   NOT NULL,
    payments  BIGINT NOT NULL,
    sum       BIGINT NOT NULL CHECK (sum > 0),
    lines     TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('chosen', 'placed', 'paid', 'ended')),
    order_ref TEXT   NOT NULL,
    line      TEXT   NOT NULL,
    made_at   BIGINT NOT NULL
);
CREATE INDEX utility_draft_idle ON utility_draft (made_at) WHERE state = 'chosen';

-- The issuing of the bills of a month.
CREATE TABLE utility_run (
    id       TEXT   NOT NULL PRIMARY KEY,
    provider TEXT   NOT NULL,
    month    TEXT   NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('running', 'done')),
    after    TEXT   NOT NULL, -- the account up to which bills are issued
    seen     BIGINT NOT NULL,
    of       BIGINT NOT NULL,
    bills    BIGINT NOT NULL,
    sum      BIGINT NOT NULL,
    skipped  BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    done_at  BIGINT NOT NULL,
    CONSTRAINT utility_run_month UNIQUE (provider, month)
);
CREATE INDEX utility_run_state ON utility_run (id) WHERE state = 'running';

-- The register of what one channel collected for a provider on a day.
CREATE TABLE utility_register (
    provider TEXT   NOT NULL,
    channel  TEXT   NOT NULL,
    day      TEXT   NOT NULL,
    number   TEXT   NOT NULL,
    payments BIGINT NOT NULL,
    sum      BIGINT NOT NULL,
    state    TEXT   NOT NULL CHECK (state IN ('closed', 'sent', 'settled')),
    checked  TEXT   NOT NULL DEFAULT '', -- what the provider's own register differs in, JSON
    made_at  BIGINT NOT NULL,
    PRIMARY KEY (provider, day, channel)
);
