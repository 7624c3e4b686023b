-- +goose Up
-- Up to which event the market was looked at. One row.
CREATE TABLE conduct_seen (
    id  TEXT   NOT NULL PRIMARY KEY CHECK (id = 'market'),
    seq BIGINT NOT NULL CHECK (seq >= 0)
);

-- What was seen in each instrument up to that event, as watch keeps it.
CREATE TABLE conduct_line (
    instrument BIGINT NOT NULL PRIMARY KEY CHECK (instrument BETWEEN 1 AND 4294967295),
    body       TEXT   NOT NULL
);

-- Alerts, one for a pattern of the same owners in one instrument on one day; the id is made from these.
CREATE TABLE conduct_alert (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL,
    instrument BIGINT NOT NULL,
    day        TEXT   NOT NULL,
    owners     TEXT   NOT NULL, -- JSON
    severity   BIGINT NOT NULL CHECK (severity BETWEEN 1 AND 3),
    figures    TEXT   NOT NULL, -- JSON
    first_at   BIGINT NOT NULL,
    last_at    BIGINT NOT NULL,
    case_ref   TEXT   NOT NULL, -- empty for none
    closed_by  TEXT   NOT NULL, -- empty while nobody has said that nothing is to be done
    closed_at  BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    CHECK ((closed_by = '') = (reason = '')),
    CHECK (closed_by = '' OR case_ref = '')
);
CREATE INDEX conduct_alert_first ON conduct_alert (first_at, id);
CREATE INDEX conduct_alert_case ON conduct_alert (case_ref) WHERE case_ref <> '';

-- Whom an alert is about: owners, and users who entered the orders.
CREATE TABLE conduct_suspect (
    alert TEXT NOT NULL,
    party TEXT NOT NULL, -- a party or a user, by a string that identity knows
    PRIMARY KEY (alert, party)
);
CREATE INDEX conduct_suspect_party ON conduct_suspect (party, alert);

-- The orders and trades of an alert.
CREATE TABLE conduct_evidence (
    alert TEXT   NOT NULL,
    kind  TEXT   NOT NULL CHECK (kind IN ('order', 'deal')),
    ref   BIGINT NOT NULL,
    body  TEXT   NOT NULL, -- JSON
    PRIMARY KEY (alert, kind, ref)
);

-- Cases: what people find out about alerts, and what they decide.
CREATE TABLE conduct_case (
    id        TEXT   NOT NULL PRIMARY KEY,
    title     TEXT   NOT NULL CHECK (title <> ''),
    state     TEXT   NOT NULL CHECK (state IN ('open', 'closed')),
    assigned  TEXT   NOT NULL, -- who works on it; empty for nobody
    outcome   TEXT   NOT NULL CHECK (outcome IN ('', 'no_action', 'warning', 'report', 'restriction')),
    opened_by TEXT   NOT NULL CHECK (opened_by <> ''),
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    CHECK ((state = 'open') = (closed_at = 0)),
    CHECK (state = 'open' OR outcome <> '')
);

-- All that was done about a case. Nothing of it is ever changed.
CREATE TABLE conduct_entry (
    id       TEXT   NOT NULL PRIMARY KEY,
    case_ref TEXT   NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('opened', 'alert', 'note', 'assigned', 'link', 'decision', 'closed')),
    about    TEXT   NOT NULL, -- an alert, a person, an address, a decision
    body     TEXT   NOT NULL,
    done_by  TEXT   NOT NULL CHECK (done_by <> ''),
    at       BIGINT NOT NULL
);
CREATE INDEX conduct_entry_of ON conduct_entry (case_ref, id);
