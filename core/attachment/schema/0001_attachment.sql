-- +goose Up
-- A file that a buyer brings to what he orders.
CREATE TABLE attachment (
    id        TEXT   NOT NULL PRIMARY KEY,
    cart      TEXT   NOT NULL, -- the basket to which it was brought
    party     TEXT   NOT NULL, -- whose it is; '' for a guest
    name      TEXT   NOT NULL, -- what its sender calls it
    type      TEXT   NOT NULL,
    bytes     BIGINT NOT NULL CHECK (bytes > 0),
    lies      TEXT   NOT NULL, -- the name under which it is kept, which is shown to nobody
    order_ref TEXT   NOT NULL, -- the order that keeps it, or ''
    due_at    BIGINT NOT NULL  -- when it is forgotten; 0 is never
);
CREATE INDEX attachment_cart ON attachment (cart);
CREATE INDEX attachment_due ON attachment (due_at, id) WHERE due_at > 0;
CREATE INDEX attachment_lies ON attachment (lies); -- Whether a file may be forgotten is asked by its name.
