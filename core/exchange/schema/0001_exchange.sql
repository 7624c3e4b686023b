-- +goose Up
-- The last number that was given in each row of numbers: instruments, assets, members, traders, accounts. It only grows, so
-- that no number is given twice.
CREATE TABLE exchange_number (
    kind TEXT   NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL CHECK (last BETWEEN 1 AND 4294967295)
);

-- What is owned and paid with: a currency by its code, a security by its ISIN, goods by their code.
CREATE TABLE exchange_asset (
    code   TEXT   NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 4294967295)
);

-- Tables of price steps. One that was laid never changes.
CREATE TABLE exchange_ticks (
    code  TEXT NOT NULL PRIMARY KEY,
    bands TEXT NOT NULL
);

-- How each thing that has states stands: instruments, members, traders, accounts.
CREATE TABLE exchange_standing (
    subject TEXT   NOT NULL PRIMARY KEY,
    state   TEXT   NOT NULL CHECK (state IN ('drafted', 'listed', 'delisted', 'active', 'suspended', 'ended')),
    version BIGINT NOT NULL CHECK (version > 0)
);

-- Every state that something has had: who brought it there, who confirmed that, when and why.
CREATE TABLE exchange_history (
    id        TEXT   NOT NULL PRIMARY KEY,
    subject   TEXT   NOT NULL,
    was       TEXT   NOT NULL, -- empty for the first
    state     TEXT   NOT NULL,
    reason    TEXT   NOT NULL CHECK (reason <> ''),
    done_by   TEXT   NOT NULL,
    second_by TEXT   NOT NULL CHECK (second_by <> done_by), -- empty where one person is enough
    at        BIGINT NOT NULL
);
CREATE INDEX exchange_history_of ON exchange_history (subject, id);

-- What one person proposes and another one decides. The body is JSON of whoever carries it out.
CREATE TABLE exchange_proposal (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL,
    subject     TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    reason      TEXT   NOT NULL CHECK (reason <> ''),
    state       TEXT   NOT NULL CHECK (state IN ('open', 'confirmed', 'declined', 'withdrawn', 'lapsed')),
    proposed_by TEXT   NOT NULL CHECK (proposed_by <> ''),
    decided_by  TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    proposed_at BIGINT NOT NULL,
    due_at      BIGINT NOT NULL CHECK (due_at > proposed_at),
    decided_at  BIGINT NOT NULL,
    CHECK (state NOT IN ('confirmed', 'declined') OR decided_by <> '' AND decided_by <> proposed_by),
    CHECK (state <> 'withdrawn' OR decided_by = proposed_by),
    CHECK ((state = 'open') = (decided_at = 0))
);
CREATE UNIQUE INDEX exchange_proposal_one ON exchange_proposal (kind, subject) WHERE state = 'open';
CREATE INDEX exchange_proposal_due ON exchange_proposal (due_at) WHERE state = 'open';

-- Calendars, and what was announced of single days. Of several announcements about a day the last one counts.
CREATE TABLE exchange_calendar (
    code     TEXT   NOT NULL PRIMARY KEY,
    weekdays BIGINT NOT NULL CHECK (weekdays BETWEEN 1 AND 127) -- a bit for each, Sunday first
);
CREATE TABLE exchange_calendar_day (
    id           TEXT   NOT NULL PRIMARY KEY,
    calendar     TEXT   NOT NULL,
    day          TEXT   NOT NULL,
    sort         TEXT   NOT NULL CHECK (sort IN ('full', 'short', 'off')),
    announced_by TEXT   NOT NULL,
    announced_at BIGINT NOT NULL
);
CREATE INDEX exchange_calendar_day_of ON exchange_calendar_day (calendar, id);

-- The steps of a day for a group of instruments, from a day on.
CREATE TABLE exchange_schedule (
    code     TEXT   NOT NULL,
    from_day TEXT   NOT NULL,
    calendar TEXT   NOT NULL,
    body     TEXT   NOT NULL,
    laid_by  TEXT   NOT NULL,
    laid_at  BIGINT NOT NULL,
    PRIMARY KEY (code, from_day)
);

-- Instruments. What an instrument says is in the body, JSON; what is asked for stands beside it.
CREATE TABLE exchange_instrument (
    id      TEXT   NOT NULL PRIMARY KEY,
    number  BIGINT NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 4294967295),
    code    TEXT   NOT NULL UNIQUE,
    asset   TEXT   NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    body    TEXT   NOT NULL
);

-- What an instrument said before, by the version that said it.
CREATE TABLE exchange_instrument_was (
    instrument TEXT   NOT NULL,
    version    BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    until_at   BIGINT NOT NULL,
    changed_by TEXT   NOT NULL,
    PRIMARY KEY (instrument, version)
);

-- Members: legal entities that trade for themselves or for clients.
CREATE TABLE exchange_member (
    id      TEXT   NOT NULL PRIMARY KEY,
    number  BIGINT NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 65535),
    code    TEXT   NOT NULL UNIQUE,
    bin     TEXT   NOT NULL UNIQUE,
    sponsor TEXT   NOT NULL CHECK (sponsor <> id), -- empty for one who answers for himself
    body    TEXT   NOT NULL
);

-- Traders: who enters orders for a member.
CREATE TABLE exchange_trader (
    id       TEXT   NOT NULL PRIMARY KEY,
    number   BIGINT NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 4294967295),
    code     TEXT   NOT NULL UNIQUE,
    member   TEXT   NOT NULL,
    user_ref TEXT   NOT NULL,
    UNIQUE (member, user_ref)
);

-- Accounts: what an investor, or a member for itself, holds through a member.
CREATE TABLE exchange_account (
    id      TEXT   NOT NULL PRIMARY KEY,
    number  BIGINT NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 4294967295),
    code    TEXT   NOT NULL UNIQUE,
    member  TEXT   NOT NULL,
    party   TEXT   NOT NULL CHECK (party <> ''),
    kind    TEXT   NOT NULL CHECK (kind IN ('own', 'client')),
    parent  TEXT   NOT NULL CHECK (parent <> id), -- empty for an account that is no sub-account
    class   TEXT   NOT NULL CHECK (class IN ('', 'cautious', 'balanced', 'experienced'))
);
CREATE INDEX exchange_account_party ON exchange_account (party, id);

-- Who may trade on which account, and who might once.
CREATE TABLE exchange_grant (
    id         TEXT   NOT NULL PRIMARY KEY,
    trader     TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    granted_by TEXT   NOT NULL,
    granted_at BIGINT NOT NULL,
    ended_by   TEXT   NOT NULL,
    ended_at   BIGINT NOT NULL -- 0 while it stands
);
CREATE UNIQUE INDEX exchange_grant_one ON exchange_grant (trader, account) WHERE ended_at = 0;

-- Limits, those that count and those that did.
CREATE TABLE exchange_limit (
    id        TEXT   NOT NULL PRIMARY KEY,
    subject   TEXT   NOT NULL,
    what      TEXT   NOT NULL CHECK (what IN ('order_value', 'order_quantity', 'order_rate', 'position', 'open_orders')),
    most      BIGINT NOT NULL CHECK (most >= 0),
    reason    TEXT   NOT NULL CHECK (reason <> ''),
    set_by    TEXT   NOT NULL,
    second_by TEXT   NOT NULL CHECK (second_by <> set_by),
    set_at    BIGINT NOT NULL,
    ended_at  BIGINT NOT NULL -- 0 while it counts
);
CREATE UNIQUE INDEX exchange_limit_one ON exchange_limit (subject, what) WHERE ended_at = 0;

-- What investors are asked. One that was published never changes.
CREATE TABLE exchange_questionnaire (
    code TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL
);

-- Who wants to become an investor, with answers and documents.
CREATE TABLE exchange_application (
    id            TEXT   NOT NULL PRIMARY KEY,
    party         TEXT   NOT NULL CHECK (party <> ''),
    member        TEXT   NOT NULL,
    tax_number    TEXT   NOT NULL,
    questionnaire TEXT   NOT NULL,
    body          TEXT   NOT NULL, -- answers and documents, JSON
    score         BIGINT NOT NULL,
    class         TEXT   NOT NULL CHECK (class IN ('cautious', 'balanced', 'experienced')),
    state         TEXT   NOT NULL CHECK (state IN ('filed', 'admitted', 'refused')),
    reason        TEXT   NOT NULL,
    first_by      TEXT   NOT NULL,
    second_by     TEXT   NOT NULL,
    account       TEXT   NOT NULL,
    filed_at      BIGINT NOT NULL,
    decided_at    BIGINT NOT NULL,
    CHECK (state <> 'refused' OR reason <> ''),
    CHECK (state <> 'admitted' OR account <> '' AND first_by <> '' AND second_by <> '' AND first_by <> second_by)
);
CREATE UNIQUE INDEX exchange_application_one ON exchange_application (party, member) WHERE state = 'filed';
