-- +goose Up
-- What somebody offers in the first stage of a tender whose bidders are judged before they name prices: words and documents,
-- without a price, readable for the house only. The verdict stands beside it.
CREATE TABLE bidding_offer (
    notice    TEXT   NOT NULL REFERENCES bidding_notice (id),
    account   TEXT   NOT NULL,
    by_user   TEXT   NOT NULL,
    party     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    body      TEXT   NOT NULL,
    verdict   TEXT   NOT NULL CHECK (verdict IN ('', 'admitted', 'refused')),
    reason    TEXT   NOT NULL,
    judge     TEXT   NOT NULL,
    judged_at BIGINT NOT NULL CHECK ((verdict = '') = (judged_at = 0)),
    PRIMARY KEY (notice, account)
);
CREATE INDEX bidding_offer_account ON bidding_offer (account, notice);
