-- name: AddResource :exec
INSERT INTO booking_resource (id, seller, grain, opened, version, body)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(grain), sqlc.arg(opened), 1, sqlc.arg(body));

-- name: ReviseResource :execrows
UPDATE booking_resource SET body = sqlc.arg(body), opened = sqlc.arg(opened), version = version + 1
WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller) AND version = sqlc.arg(version);

-- name: SetOpened :exec
UPDATE booking_resource SET opened = sqlc.arg(opened) WHERE id = sqlc.arg(id);

-- name: ResourcesOf :many
SELECT id, seller, grain, opened, version, body FROM booking_resource WHERE seller = sqlc.arg(seller) ORDER BY id LIMIT 500;

-- name: Resources :many
SELECT id, seller, grain, opened, version, body FROM booking_resource
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: Unopened :many
-- Resources whose calendars end before a day.
SELECT id, seller, grain, opened, version, body FROM booking_resource
WHERE opened < sqlc.arg(before) ORDER BY opened, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: AddPlan :exec
INSERT INTO booking_plan (id, seller, product, variant, form, state, place, led, people, least, version, body)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(product), sqlc.arg(variant), sqlc.arg(form), sqlc.arg(state), sqlc.arg(place),
    sqlc.arg(led), sqlc.arg(people), sqlc.arg(least), 1, sqlc.arg(body));

-- name: RevisePlan :execrows
UPDATE booking_plan SET state = sqlc.arg(state), place = sqlc.arg(place), led = sqlc.arg(led), people = sqlc.arg(people),
    least = sqlc.arg(least), body = sqlc.arg(body), version = version + 1
WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller) AND version = sqlc.arg(version);

-- name: PlansOf :many
SELECT id, seller, product, variant, form, state, version, body FROM booking_plan WHERE seller = sqlc.arg(seller) ORDER BY id LIMIT 500;

-- name: PlansFor :many
-- The plans by which a product is sold.
SELECT id, seller, product, variant, form, state, version, body FROM booking_plan WHERE product = sqlc.arg(product) ORDER BY id LIMIT 50;

-- name: Plans :many
SELECT id, seller, product, variant, form, state, version, body FROM booking_plan
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: Places :many
-- The places where something can be booked, with one plan of each, which knows their names.
SELECT place, CAST(MIN(id) AS TEXT) AS plan FROM booking_plan WHERE state = 'open' GROUP BY place ORDER BY place LIMIT 500;

-- name: MonthsOf :many
SELECT led, month, days FROM booking_month
WHERE led IN (SELECT value FROM json_each(cast(sqlc.arg(led) AS TEXT))) AND month IN (SELECT value FROM json_each(cast(sqlc.arg(months) AS TEXT)));

-- name: SetMonth :exec
INSERT INTO booking_month (led, month, days) VALUES (sqlc.arg(led), sqlc.arg(month), sqlc.arg(days))
ON CONFLICT (led, month) DO UPDATE SET days = excluded.days;

-- name: AddDeparture :execrows
INSERT INTO booking_departure (id, plan, day, starts_at, seats, state)
VALUES (sqlc.arg(id), sqlc.arg(plan), sqlc.arg(day), sqlc.arg(starts_at), sqlc.arg(seats), 'open')
ON CONFLICT (plan, starts_at) DO NOTHING;

-- name: SetDeparture :execrows
UPDATE booking_departure SET seats = sqlc.arg(seats), state = sqlc.arg(state) WHERE id = sqlc.arg(id) AND plan = sqlc.arg(plan);

-- name: Departures :many
SELECT id, plan, day, starts_at, seats, state FROM booking_departure
WHERE plan = sqlc.arg(plan) AND day >= sqlc.arg(first) AND day < sqlc.arg(last) ORDER BY starts_at, id LIMIT 500;

-- name: DeparturesFor :many
-- The departures of some plans.
SELECT id, plan, day, starts_at, seats, state FROM booking_departure
WHERE plan IN (SELECT value FROM json_each(cast(sqlc.arg(plans) AS TEXT))) AND day >= sqlc.arg(first) AND day < sqlc.arg(last)
ORDER BY starts_at, id LIMIT 1000;

-- name: DeparturesNamed :many
SELECT id, plan, day, starts_at, seats, state FROM booking_departure
WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: AddBlock :exec
INSERT INTO booking_block (id, resource, starts_at, ends_at, units, source, uid, note)
VALUES (sqlc.arg(id), sqlc.arg(resource), sqlc.arg(starts_at), sqlc.arg(ends_at), sqlc.arg(units), sqlc.arg(source), sqlc.arg(uid), sqlc.arg(note));

-- name: DropBlock :many
DELETE FROM booking_block WHERE id = sqlc.arg(id) AND resource = sqlc.arg(resource) AND source = ''
RETURNING id, resource, starts_at, ends_at, units, source, uid, note;

-- name: Blocks :many
-- What closes some resources between two instants.
SELECT id, resource, starts_at, ends_at, units, source, uid, note FROM booking_block
WHERE resource IN (SELECT value FROM json_each(cast(sqlc.arg(resources) AS TEXT)))
    AND ends_at > sqlc.arg(since) AND starts_at < sqlc.arg(until) ORDER BY starts_at, id;

-- name: BlocksFrom :many
SELECT id, resource, starts_at, ends_at, units, source, uid, note FROM booking_block
WHERE source <> '' AND source = sqlc.arg(source) ORDER BY starts_at, id;

-- name: DropBlocks :exec
DELETE FROM booking_block WHERE source <> '' AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: AddBooking :exec
INSERT INTO booking (id, plan, seller, product, variant, state, party, order_ref, line, holder, day_from, day_to, starts_at, ends_at,
    paid, reminded, made_at, used_at, version, body)
VALUES (sqlc.arg(id), sqlc.arg(plan), sqlc.arg(seller), sqlc.arg(product), sqlc.arg(variant), 'draft', sqlc.arg(party), '', '', sqlc.arg(holder),
    sqlc.arg(day_from), sqlc.arg(day_to), sqlc.arg(starts_at), sqlc.arg(ends_at), 0, 0, sqlc.arg(made_at), 0, 1, sqlc.arg(body));

-- name: Bookings :many
SELECT * FROM booking WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: BookingsOf :many
-- What an order has booked.
SELECT * FROM booking WHERE order_ref <> '' AND order_ref = sqlc.arg(order_ref) ORDER BY id;

-- name: Standing :many
-- What some orders have booked, and some bookings by their ids.
SELECT * FROM booking
WHERE (order_ref <> '' AND order_ref IN (SELECT value FROM json_each(cast(sqlc.arg(orders) AS TEXT))))
    OR id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)))
ORDER BY id;

-- name: Board :many
-- A seller's bookings that touch some days, those that are to come or have come.
SELECT * FROM booking
WHERE seller = sqlc.arg(seller) AND state <> 'draft' AND state <> 'cancelled' AND day_from < sqlc.arg(last) AND day_from >= sqlc.arg(earliest)
    AND day_to > sqlc.arg(first)
ORDER BY day_from, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Keep :execrows
-- Keeps a booking as it is now, if nobody has changed it since.
UPDATE booking SET state = sqlc.arg(state), party = sqlc.arg(party), order_ref = sqlc.arg(order_ref), line = sqlc.arg(line),
    holder = sqlc.arg(holder), day_from = sqlc.arg(day_from), day_to = sqlc.arg(day_to), starts_at = sqlc.arg(starts_at),
    ends_at = sqlc.arg(ends_at), paid = sqlc.arg(paid), reminded = sqlc.arg(reminded), used_at = sqlc.arg(used_at),
    body = sqlc.arg(body), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Forget :execrows
-- Drops drafts that nobody has ordered.
DELETE FROM booking WHERE id IN (
    SELECT b.id FROM booking b WHERE b.state = 'draft' AND b.made_at < sqlc.arg(before) ORDER BY b.made_at LIMIT CAST(sqlc.arg(most) AS BIGINT));

-- name: Soon :many
-- Bookings that begin soon and of which nobody was reminded.
SELECT * FROM booking WHERE state = 'booked' AND starts_at > sqlc.arg(now) AND starts_at <= sqlc.arg(until) AND reminded = 0 AND paid = 1
ORDER BY starts_at, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Over :many
-- Bookings that are over and are not settled.
SELECT * FROM booking WHERE state IN ('booked', 'in') AND ends_at <= sqlc.arg(now) ORDER BY ends_at, id LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: DropPassengers :exec
DELETE FROM booking_passenger WHERE booking = sqlc.arg(booking);

-- name: AddPassenger :exec
INSERT INTO booking_passenger (booking, position, sealed) VALUES (sqlc.arg(booking), sqlc.arg(position), sqlc.arg(sealed));

-- name: Passengers :many
SELECT booking, position, sealed FROM booking_passenger WHERE booking = sqlc.arg(booking) ORDER BY position;

-- name: AddAmendment :exec
INSERT INTO booking_amendment (id, booking, state, party, order_ref, line, holder, made_at, body)
VALUES (sqlc.arg(id), sqlc.arg(booking), 'draft', sqlc.arg(party), '', '', '', sqlc.arg(made_at), sqlc.arg(body));

-- name: Amendments :many
SELECT * FROM booking_amendment WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) ORDER BY id;

-- name: AmendedBy :one
-- How many changes an order has bought that were not called off.
SELECT COUNT(*) FROM booking_amendment WHERE order_ref <> '' AND order_ref = sqlc.arg(order_ref) AND state <> 'lapsed';

-- name: MoveAmendment :execrows
-- Moves a change on from the state in which it was seen.
UPDATE booking_amendment SET state = sqlc.arg(state), order_ref = sqlc.arg(order_ref), line = sqlc.arg(line), holder = sqlc.arg(holder),
    body = sqlc.arg(body)
WHERE id = sqlc.arg(id) AND state = sqlc.arg(before);

-- name: ForgetAmendments :execrows
-- Drops changes that nobody has bought.
DELETE FROM booking_amendment WHERE id IN (
    SELECT a.id FROM booking_amendment a WHERE a.state = 'draft' AND a.made_at < sqlc.arg(before) ORDER BY a.made_at LIMIT CAST(sqlc.arg(most) AS BIGINT));

-- name: AddFeed :exec
INSERT INTO booking_feed (id, seller, resource, name, url, due_at, read_at, events, odd, trouble)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(resource), sqlc.arg(name), sqlc.arg(url), sqlc.arg(due_at), 0, 0, 0, '');

-- name: Feeds :many
SELECT * FROM booking_feed WHERE seller = sqlc.arg(seller) ORDER BY id LIMIT 500;

-- name: Feed :many
SELECT * FROM booking_feed WHERE id = sqlc.arg(id);

-- name: DropFeed :execrows
DELETE FROM booking_feed WHERE id = sqlc.arg(id) AND seller = sqlc.arg(seller);

-- name: TakeFeeds :many
-- Feeds that are due, which are nobody else's until a later instant.
UPDATE booking_feed SET due_at = sqlc.arg(later) WHERE id IN (
    SELECT f.id FROM booking_feed f WHERE f.url <> '' AND f.due_at <= sqlc.arg(now) ORDER BY f.due_at LIMIT CAST(sqlc.arg(most) AS BIGINT))
RETURNING *;

-- name: NoteFeed :exec
UPDATE booking_feed SET read_at = sqlc.arg(read_at), events = sqlc.arg(events), odd = sqlc.arg(odd), trouble = '' WHERE id = sqlc.arg(id);

-- name: NoteTrouble :exec
UPDATE booking_feed SET trouble = sqlc.arg(trouble) WHERE id = sqlc.arg(id);
