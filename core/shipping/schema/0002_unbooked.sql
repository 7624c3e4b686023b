-- +goose Up
-- What no carrier has taken yet is few, and the office asks for it each time its first page is opened.
CREATE INDEX shipping_shipment_unbooked ON shipping_shipment (seller, id) WHERE done_at = 0 AND booking = '';
