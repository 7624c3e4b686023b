-- +goose Up
-- One line of an order that is made for its buyer. The body is its drawings and stages.
CREATE TABLE workshop_job (
    order_ref TEXT   NOT NULL,
    line      TEXT   NOT NULL,
    seller    TEXT   NOT NULL,
    state     TEXT   NOT NULL,
    due       TEXT   NOT NULL, -- the day by which it shall be ready, "2026-11-30"
    version   BIGINT NOT NULL DEFAULT 1,
    body      TEXT   NOT NULL,
    PRIMARY KEY (order_ref, line)
);
CREATE INDEX workshop_job_seller ON workshop_job (seller, state, due, order_ref, line);
