-- name: Seen :one
SELECT seq FROM conduct_seen WHERE id = 'market';

-- name: Begin :execrows
-- Nothing when somebody has begun already.
INSERT INTO conduct_seen (id, seq) VALUES ('market', sqlc.arg(seq)) ON CONFLICT (id) DO NOTHING;

-- name: Advance :execrows
-- Nothing when somebody else has looked at these events meanwhile.
UPDATE conduct_seen SET seq = sqlc.arg(upto) WHERE id = 'market' AND seq = sqlc.arg(seq);

-- name: Lines :many
SELECT * FROM conduct_line ORDER BY instrument;

-- name: KeepLine :exec
INSERT INTO conduct_line (instrument, body) VALUES (sqlc.arg(instrument), sqlc.arg(body))
ON CONFLICT (instrument) DO UPDATE SET body = excluded.body;

-- name: Raise :exec
-- An alert that is there grows: a severity never falls. One about which nothing was to be done is open again.
INSERT INTO conduct_alert (id, kind, instrument, day, owners, severity, figures, first_at, last_at, case_ref, closed_by, closed_at, reason)
VALUES (sqlc.arg(id), sqlc.arg(kind), sqlc.arg(instrument), sqlc.arg(day), sqlc.arg(owners), sqlc.arg(severity), sqlc.arg(figures), sqlc.arg(at), sqlc.arg(at), '', '', 0, '')
ON CONFLICT (id) DO UPDATE SET severity = CASE WHEN excluded.severity > conduct_alert.severity THEN excluded.severity ELSE conduct_alert.severity END,
    figures = excluded.figures, last_at = excluded.last_at, closed_by = '', closed_at = 0, reason = '';

-- name: Name :exec
INSERT INTO conduct_suspect (alert, party) VALUES (sqlc.arg(alert), sqlc.arg(party)) ON CONFLICT DO NOTHING;

-- name: KeepEvidence :exec
INSERT INTO conduct_evidence (alert, kind, ref, body) VALUES (sqlc.arg(alert), sqlc.arg(kind), sqlc.arg(ref), sqlc.arg(body))
ON CONFLICT (alert, kind, ref) DO UPDATE SET body = excluded.body;

-- name: Alert :one
-- Nothing for somebody whom it is about.
SELECT * FROM conduct_alert WHERE conduct_alert.id = sqlc.arg(id)
AND NOT EXISTS (SELECT 1 FROM conduct_suspect s WHERE s.alert = conduct_alert.id AND s.party IN (sqlc.arg(user_ref), sqlc.arg(party_ref)));

-- name: Alerts :many
-- The youngest first. What is empty or zero asks for all. Those about whoever asks are left out.
SELECT a.* FROM conduct_alert a
WHERE (CAST(sqlc.arg(kind) AS TEXT) = '' OR a.kind = sqlc.arg(kind))
  AND a.severity >= sqlc.arg(severity)
  AND (CAST(sqlc.arg(instrument) AS BIGINT) = 0 OR a.instrument = sqlc.arg(instrument))
  AND (CAST(sqlc.arg(state) AS TEXT) = '' OR sqlc.arg(state) = CASE WHEN a.case_ref <> '' THEN 'in_case' WHEN a.closed_by <> '' THEN 'dismissed' ELSE 'new' END)
  AND (CAST(sqlc.arg(suspect) AS TEXT) = '' OR EXISTS (SELECT 1 FROM conduct_suspect p WHERE p.alert = a.id AND p.party = sqlc.arg(suspect)))
  AND (CAST(sqlc.arg(before_at) AS BIGINT) = 0 OR a.first_at < sqlc.arg(before_at) OR a.first_at = sqlc.arg(before_at) AND a.id < sqlc.arg(before_id))
  AND NOT EXISTS (SELECT 1 FROM conduct_suspect s WHERE s.alert = a.id AND s.party IN (sqlc.arg(user_ref), sqlc.arg(party_ref)))
ORDER BY a.first_at DESC, a.id DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: CountNew :one
SELECT count(*) FROM conduct_alert a WHERE a.case_ref = '' AND a.closed_by = ''
AND NOT EXISTS (SELECT 1 FROM conduct_suspect s WHERE s.alert = a.id AND s.party IN (sqlc.arg(user_ref), sqlc.arg(party_ref)));

-- name: SuspectsOf :many
SELECT DISTINCT s.party FROM conduct_suspect s JOIN conduct_alert a ON a.id = s.alert WHERE a.case_ref = sqlc.arg(case_ref) ORDER BY s.party;

-- name: Evidence :many
-- The first ones, trades before orders.
SELECT * FROM conduct_evidence WHERE alert = sqlc.arg(alert) ORDER BY kind, ref LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: Dismiss :execrows
UPDATE conduct_alert SET closed_by = sqlc.arg(closed_by), closed_at = sqlc.arg(closed_at), reason = sqlc.arg(reason)
WHERE id = sqlc.arg(id) AND case_ref = '' AND closed_by = '';

-- name: PutInCase :execrows
-- Alerts that are in no case, also those about which nothing was to be done; not those about whoever acts.
UPDATE conduct_alert SET case_ref = sqlc.arg(case_ref), closed_by = '', closed_at = 0, reason = ''
WHERE conduct_alert.id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT))) AND case_ref = ''
AND NOT EXISTS (SELECT 1 FROM conduct_suspect s WHERE s.alert = conduct_alert.id AND s.party IN (sqlc.arg(user_ref), sqlc.arg(party_ref)));

-- name: AlertsOf :many
SELECT * FROM conduct_alert WHERE case_ref = sqlc.arg(case_ref) ORDER BY first_at, id;

-- name: OpenCase :exec
INSERT INTO conduct_case (id, title, state, assigned, outcome, opened_by, opened_at, closed_at)
VALUES (sqlc.arg(id), sqlc.arg(title), 'open', sqlc.arg(assigned), '', sqlc.arg(opened_by), sqlc.arg(opened_at), 0);

-- name: GetCase :one
-- Nothing for somebody whom one of its alerts is about.
SELECT * FROM conduct_case WHERE conduct_case.id = sqlc.arg(id)
AND NOT EXISTS (SELECT 1 FROM conduct_suspect s JOIN conduct_alert a ON a.id = s.alert
    WHERE a.case_ref = conduct_case.id AND s.party IN (sqlc.arg(user_ref), sqlc.arg(party_ref)));

-- name: Cases :many
-- Open ones first, then the youngest.
SELECT c.* FROM conduct_case c
WHERE NOT EXISTS (SELECT 1 FROM conduct_suspect s JOIN conduct_alert a ON a.id = s.alert
    WHERE a.case_ref = c.id AND s.party IN (sqlc.arg(user_ref), sqlc.arg(party_ref)))
ORDER BY CASE WHEN c.state = 'open' THEN 0 ELSE 1 END, c.id DESC LIMIT CAST(sqlc.arg(most) AS BIGINT);

-- name: AssignCase :execrows
UPDATE conduct_case SET assigned = sqlc.arg(assigned) WHERE id = sqlc.arg(id) AND state = 'open';

-- name: DecideCase :execrows
UPDATE conduct_case SET outcome = sqlc.arg(outcome) WHERE id = sqlc.arg(id) AND state = 'open';

-- name: CloseCase :execrows
UPDATE conduct_case SET state = 'closed', closed_at = sqlc.arg(closed_at) WHERE id = sqlc.arg(id) AND state = 'open' AND outcome <> '';

-- name: AddEntry :execrows
-- Nothing when the case has as many as it may have.
INSERT INTO conduct_entry (id, case_ref, kind, about, body, done_by, at)
SELECT sqlc.arg(id), sqlc.arg(case_ref), sqlc.arg(kind), sqlc.arg(about), sqlc.arg(body), sqlc.arg(done_by), sqlc.arg(at)
WHERE (SELECT count(*) FROM conduct_entry e WHERE e.case_ref = sqlc.arg(case_ref)) < CAST(sqlc.arg(most) AS BIGINT);

-- name: AddAlertEntry :exec
INSERT INTO conduct_entry (id, case_ref, kind, about, body, done_by, at)
VALUES (sqlc.arg(id), sqlc.arg(case_ref), 'alert', sqlc.arg(about), '', sqlc.arg(done_by), sqlc.arg(at));

-- name: Entries :many
SELECT * FROM conduct_entry WHERE case_ref = sqlc.arg(case_ref) ORDER BY id LIMIT CAST(sqlc.arg(most) AS BIGINT);
