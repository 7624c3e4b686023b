-- +goose Up
-- What was asked of an applicant about his application, and what he has answered.
CREATE TABLE exchange_inquiry (
    id          TEXT   NOT NULL PRIMARY KEY,
    application TEXT   NOT NULL,
    question    TEXT   NOT NULL CHECK (question <> ''),
    asked_by    TEXT   NOT NULL CHECK (asked_by <> ''),
    asked_at    BIGINT NOT NULL,
    answer      TEXT   NOT NULL, -- empty while nobody has answered
    documents   TEXT   NOT NULL, -- JSON
    answered_at BIGINT NOT NULL, -- 0 while nobody has answered
    CHECK ((answered_at = 0) = (answer = ''))
);
CREATE UNIQUE INDEX exchange_inquiry_one ON exchange_inquiry (application) WHERE answered_at = 0;
CREATE INDEX exchange_inquiry_of ON exchange_inquiry (application, id);
CREATE INDEX exchange_application_party ON exchange_application (party, id);
