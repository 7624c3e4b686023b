-- +goose Up
-- What is scarce, with a calendar. What it says is in the body, JSON. Opened is the first day whose pools are not open yet.
CREATE TABLE booking_resource (
    id      TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    grain   TEXT   NOT NULL CHECK (grain IN ('day', 'quarter')),
    opened  TEXT   NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    body    TEXT   NOT NULL
);
CREATE INDEX booking_resource_seller ON booking_resource (seller, id);
CREATE INDEX booking_resource_opened ON booking_resource (opened, id);

-- How it is sold. Led is the calendar that a search looks at: that of a resource, or of the plan's departures.
CREATE TABLE booking_plan (
    id      TEXT   NOT NULL PRIMARY KEY,
    seller  TEXT   NOT NULL,
    product TEXT   NOT NULL,
    variant TEXT   NOT NULL,
    form    TEXT   NOT NULL CHECK (form IN ('nights', 'departure', 'slot', 'table')),
    state   TEXT   NOT NULL CHECK (state IN ('open', 'closed')),
    place   TEXT   NOT NULL,
    led     TEXT   NOT NULL,
    people  BIGINT NOT NULL CHECK (people > 0),
    least   BIGINT NOT NULL CHECK (least >= 0), -- the price from which it begins, in minor units
    version BIGINT NOT NULL CHECK (version > 0),
    body    TEXT   NOT NULL
);
CREATE INDEX booking_plan_seller ON booking_plan (seller, id);
CREATE INDEX booking_plan_product ON booking_plan (product);
CREATE UNIQUE INDEX booking_plan_variant ON booking_plan (variant);
CREATE INDEX booking_plan_place ON booking_plan (place, form, least, id) WHERE state = 'open';
CREATE INDEX booking_plan_least ON booking_plan (form, least, id) WHERE state = 'open';

-- The days of a calendar's month of which something is left, one bit a day, the first of the month the lowest. It leads the
-- search, which then looks at the pools themselves.
CREATE TABLE booking_month (
    led   TEXT   NOT NULL,
    month TEXT   NOT NULL,
    days  BIGINT NOT NULL,
    PRIMARY KEY (led, month)
);

CREATE TABLE booking_departure (
    id        TEXT   NOT NULL PRIMARY KEY,
    plan      TEXT   NOT NULL,
    day       TEXT   NOT NULL,
    starts_at BIGINT NOT NULL,
    seats     BIGINT NOT NULL CHECK (seats >= 0),
    state     TEXT   NOT NULL CHECK (state IN ('open', 'closed'))
);
CREATE UNIQUE INDEX booking_departure_plan ON booking_departure (plan, starts_at);
CREATE INDEX booking_departure_day ON booking_departure (plan, day);

-- Times at which a resource is not to be had: closed by the seller (source is empty), or sold elsewhere (source is a feed).
CREATE TABLE booking_block (
    id        TEXT   NOT NULL PRIMARY KEY,
    resource  TEXT   NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL CHECK (ends_at > starts_at),
    units     BIGINT NOT NULL CHECK (units > 0),
    source    TEXT   NOT NULL,
    uid       TEXT   NOT NULL,
    note      TEXT   NOT NULL
);
CREATE INDEX booking_block_resource ON booking_block (resource, ends_at);
CREATE INDEX booking_block_source ON booking_block (source) WHERE source <> '';

-- What somebody has chosen or booked. What it says is in the body, JSON; what lists are led by stands beside it.
CREATE TABLE booking (
    id        TEXT   NOT NULL PRIMARY KEY,
    plan      TEXT   NOT NULL,
    seller    TEXT   NOT NULL,
    product   TEXT   NOT NULL,
    variant   TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('draft', 'booked', 'in', 'done', 'missed', 'cancelled')),
    party     TEXT   NOT NULL,
    order_ref TEXT   NOT NULL CHECK ((order_ref = '') = (state = 'draft')),
    line      TEXT   NOT NULL,
    holder    TEXT   NOT NULL,
    day_from  TEXT   NOT NULL,
    day_to    TEXT   NOT NULL CHECK (day_to > day_from),
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL,
    paid      BIGINT NOT NULL CHECK (paid IN (0, 1)),
    reminded  BIGINT NOT NULL CHECK (reminded IN (0, 1)),
    made_at   BIGINT NOT NULL,
    used_at   BIGINT NOT NULL,
    version   BIGINT NOT NULL CHECK (version > 0),
    body      TEXT   NOT NULL
);
CREATE INDEX booking_seller ON booking (seller, day_from, id) WHERE state <> 'draft';
CREATE INDEX booking_order ON booking (order_ref) WHERE order_ref <> '';
CREATE INDEX booking_draft ON booking (made_at) WHERE state = 'draft';
CREATE INDEX booking_soon ON booking (starts_at) WHERE state = 'booked';
CREATE INDEX booking_over ON booking (ends_at) WHERE state IN ('booked', 'in');

-- Who travels. What is said of a person is sealed; nobody reads it in the store.
CREATE TABLE booking_passenger (
    booking  TEXT   NOT NULL,
    position BIGINT NOT NULL,
    sealed   TEXT   NOT NULL,
    PRIMARY KEY (booking, position)
);
