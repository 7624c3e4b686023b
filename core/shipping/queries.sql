-- name: TariffVersion :one
SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) AS version FROM shipping_tariff;

-- name: Enter :exec
INSERT INTO shipping_tariff (id, seller, kind, version, body)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(kind), sqlc.arg(version), sqlc.arg(body))
ON CONFLICT (id) DO UPDATE SET version = sqlc.arg(version), body = sqlc.arg(body);

-- name: GetEntry :one
SELECT * FROM shipping_tariff WHERE id = $1;

-- name: AddShipment :exec
INSERT INTO shipping_shipment (id, seller, order_ref, warehouse, method, carrier, booking, point, address, collect, collect_currency, prepared_at, done_at)
VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10, $11, 0);

-- name: AddParcel :exec
INSERT INTO shipping_parcel (shipment, id, mass, length, width, height, contents, tracking) VALUES ($1, $2, $3, $4, $5, $6, $7, '');

-- name: AddEvent :exec
INSERT INTO shipping_event (shipment, id, parcel, state, at, place, note, noted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (shipment, id) DO NOTHING;

-- name: SetBooking :exec
UPDATE shipping_shipment SET booking = $2 WHERE id = $1;

-- name: SetRoute :exec
UPDATE shipping_shipment SET method = $2, carrier = $3 WHERE id = $1;

-- name: SetCollect :exec
UPDATE shipping_shipment SET collect = $2 WHERE id = $1;

-- name: SetContents :exec
UPDATE shipping_parcel SET contents = $3, mass = $4 WHERE shipment = $1 AND id = $2;

-- name: UnfinishedOrders :many
-- The orders after one that have shipments which neither arrived nor ended.
SELECT DISTINCT order_ref FROM shipping_shipment WHERE done_at = 0 AND order_ref > sqlc.arg(after)
ORDER BY order_ref LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Unfinished :many
SELECT * FROM shipping_shipment
WHERE done_at = 0 AND order_ref IN (SELECT value FROM json_each(cast(sqlc.arg(orders) AS TEXT))) ORDER BY order_ref, id;

-- name: ParcelsOfUnfinished :many
SELECT p.* FROM shipping_parcel p JOIN shipping_shipment s ON s.id = p.shipment
WHERE s.done_at = 0 AND s.order_ref IN (SELECT value FROM json_each(cast(sqlc.arg(orders) AS TEXT))) ORDER BY p.shipment, p.id;

-- name: EventsOfUnfinished :many
SELECT e.* FROM shipping_event e JOIN shipping_shipment s ON s.id = e.shipment
WHERE s.done_at = 0 AND s.order_ref IN (SELECT value FROM json_each(cast(sqlc.arg(orders) AS TEXT)))
ORDER BY e.shipment, e.at, e.noted_at, e.id;

-- name: SetTracking :exec
UPDATE shipping_parcel SET tracking = $3 WHERE shipment = $1 AND id = $2;

-- name: SetDone :exec
UPDATE shipping_shipment SET done_at = $2 WHERE id = $1;

-- name: Shipment :one
SELECT * FROM shipping_shipment WHERE id = $1;

-- name: ShipmentOfBooking :one
SELECT * FROM shipping_shipment WHERE carrier = $1 AND booking = $2 AND booking <> '';

-- name: ShipmentOfTracking :one
SELECT s.* FROM shipping_shipment s JOIN shipping_parcel p ON p.shipment = s.id
WHERE p.tracking = $1 AND p.tracking <> '' ORDER BY s.id LIMIT 1;

-- name: ShipmentsOfOrder :many
SELECT * FROM shipping_shipment WHERE order_ref = $1 ORDER BY id;

-- name: Underway :many
SELECT * FROM shipping_shipment WHERE done_at = 0 AND booking <> '' AND id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Parcels :many
SELECT * FROM shipping_parcel WHERE shipment = $1 ORDER BY id;

-- name: ParcelsOfOrder :many
SELECT p.* FROM shipping_parcel p JOIN shipping_shipment s ON s.id = p.shipment WHERE s.order_ref = $1 ORDER BY p.shipment, p.id;

-- name: Events :many
SELECT * FROM shipping_event WHERE shipment = $1 ORDER BY at, noted_at, id;

-- name: EventsOfOrder :many
SELECT e.* FROM shipping_event e JOIN shipping_shipment s ON s.id = e.shipment WHERE s.order_ref = $1
ORDER BY e.shipment, e.at, e.noted_at, e.id;

-- name: Refused :many
-- Shipments of a seller that a carrier has refused at least once and none has taken: whether one is refused now, its
-- events say.
SELECT s.* FROM shipping_shipment s
WHERE s.seller = sqlc.arg(seller) AND s.done_at = 0 AND s.booking = ''
  AND EXISTS (SELECT 1 FROM shipping_event e WHERE e.shipment = s.id AND e.state = 'refused')
ORDER BY s.id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: EventsOfShipments :many
SELECT * FROM shipping_event WHERE shipment IN (SELECT value FROM json_each(cast(sqlc.arg(shipments) AS TEXT)))
ORDER BY shipment, at, noted_at, id;
