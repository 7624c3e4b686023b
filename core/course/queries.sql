-- name: AddCourse :exec
INSERT INTO course (id, seller, product, variant, name, about, programme, spoken, approval, age_least, age_most, needs, questions, plan,
    access_days, pause_days, share_least, state, version)
VALUES (sqlc.arg(id), sqlc.arg(seller), sqlc.arg(product), sqlc.arg(variant), sqlc.arg(name), sqlc.arg(about), sqlc.arg(programme),
    sqlc.arg(spoken), sqlc.arg(approval), sqlc.arg(age_least), sqlc.arg(age_most), sqlc.arg(needs), sqlc.arg(questions), sqlc.arg(plan),
    sqlc.arg(access_days), sqlc.arg(pause_days), sqlc.arg(share_least), sqlc.arg(state), 1);

-- name: ChangeCourse :execrows
UPDATE course SET name = sqlc.arg(name), about = sqlc.arg(about), programme = sqlc.arg(programme), spoken = sqlc.arg(spoken),
    approval = sqlc.arg(approval), age_least = sqlc.arg(age_least), age_most = sqlc.arg(age_most), needs = sqlc.arg(needs),
    questions = sqlc.arg(questions), plan = sqlc.arg(plan), access_days = sqlc.arg(access_days), pause_days = sqlc.arg(pause_days),
    share_least = sqlc.arg(share_least), state = sqlc.arg(state), product = sqlc.arg(product), variant = sqlc.arg(variant), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Courses :many
SELECT * FROM course WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: ShownCourses :many
-- Those that everybody sees, in their order.
SELECT * FROM course WHERE state = 'shown' AND id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: CoursesOfProducts :many
SELECT * FROM course WHERE product IN (SELECT value FROM json_each(cast(sqlc.arg(products) AS TEXT))) AND product <> '';

-- name: CoursesOf :many
SELECT * FROM course WHERE seller = sqlc.arg(seller) AND id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: AddCohort :exec
INSERT INTO course_cohort (id, course, seller, name, from_day, to_day, zone, slots, teachers, room, places, price, currency, enrol_until, ends_at, state, version)
VALUES (sqlc.arg(id), sqlc.arg(course), sqlc.arg(seller), sqlc.arg(name), sqlc.arg(from_day), sqlc.arg(to_day), sqlc.arg(zone), sqlc.arg(slots),
    sqlc.arg(teachers), sqlc.arg(room), sqlc.arg(places), sqlc.arg(price), sqlc.arg(currency), sqlc.arg(enrol_until), sqlc.arg(ends_at), sqlc.arg(state), 1);

-- name: ChangeCohort :execrows
UPDATE course_cohort SET name = sqlc.arg(name), teachers = sqlc.arg(teachers), room = sqlc.arg(room), places = sqlc.arg(places),
    price = sqlc.arg(price), enrol_until = sqlc.arg(enrol_until), state = sqlc.arg(state), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: SetEnd :exec
UPDATE course_cohort SET ends_at = sqlc.arg(ends_at) WHERE id = sqlc.arg(id);

-- name: ExtendAccess :exec
-- Materials are open as long after the last lesson as they were to be; who has longer keeps it.
UPDATE course_enrolment SET access_until = sqlc.arg(until) WHERE cohort = sqlc.arg(cohort) AND state IN ('studying', 'finished') AND access_until < sqlc.arg(until);

-- name: RunningCohorts :many
-- The groups of a school whose last lesson is not over, by their first day.
SELECT * FROM course_cohort WHERE seller = sqlc.arg(seller) AND ends_at > sqlc.arg(since) ORDER BY from_day, id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: CallOffCohort :execrows
UPDATE course_cohort SET state = 'called_off', version = version + 1 WHERE id = sqlc.arg(id) AND version = sqlc.arg(version) AND state <> 'called_off';

-- name: CallOffLessons :exec
UPDATE course_lesson SET state = 'called_off' WHERE cohort = sqlc.arg(cohort) AND state = 'planned' AND ends_at > sqlc.arg(now);

-- name: CallOffStudents :exec
-- Nobody studies in the group any more, and nobody may order a place. Of who never studied, what was said of a parent and the answers
-- are forgotten.
UPDATE course_enrolment SET state = CASE WHEN state IN ('applied', 'offered') THEN 'lapsed' ELSE 'left' END, reason = sqlc.arg(reason), version = version + 1,
    parent = CASE WHEN state = 'studying' THEN parent ELSE '' END, parent_iin = CASE WHEN state = 'studying' THEN parent_iin ELSE '' END,
    answers = CASE WHEN state = 'studying' THEN answers ELSE '{}' END
WHERE cohort = sqlc.arg(cohort) AND state IN ('applied', 'offered', 'ordered', 'studying');

-- name: WaiveAll :exec
UPDATE course_due SET state = 'waived' WHERE enrolment IN (SELECT value FROM json_each(cast(sqlc.arg(enrolments) AS TEXT))) AND state IN ('open', 'ordered');

-- name: Cohorts :many
SELECT * FROM course_cohort WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: CohortsOf :many
-- The groups of some courses, by their first day.
SELECT * FROM course_cohort WHERE course IN (SELECT value FROM json_each(cast(sqlc.arg(courses) AS TEXT))) ORDER BY from_day, id;

-- name: AddLesson :exec
INSERT INTO course_lesson (id, cohort, number, starts_at, ends_at, topic, state)
VALUES (sqlc.arg(id), sqlc.arg(cohort), sqlc.arg(number), sqlc.arg(starts_at), sqlc.arg(ends_at), sqlc.arg(topic), 'planned');

-- name: LessonsOf :many
SELECT * FROM course_lesson WHERE cohort IN (SELECT value FROM json_each(cast(sqlc.arg(cohorts) AS TEXT))) ORDER BY cohort, number;

-- name: ChangeLesson :execrows
UPDATE course_lesson SET starts_at = sqlc.arg(starts_at), ends_at = sqlc.arg(ends_at), topic = sqlc.arg(topic), state = sqlc.arg(state)
WHERE id = sqlc.arg(id) AND cohort = sqlc.arg(cohort);

-- name: HoldLessons :exec
UPDATE course_lesson SET state = 'held' WHERE cohort = sqlc.arg(cohort) AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: AddMaterial :exec
INSERT INTO course_material (id, course, lesson, name, type, bytes, lies, dropped)
VALUES (sqlc.arg(id), sqlc.arg(course), sqlc.arg(lesson), sqlc.arg(name), sqlc.arg(type), sqlc.arg(bytes), sqlc.arg(lies), 0);

-- name: MaterialsOf :many
SELECT * FROM course_material WHERE course = sqlc.arg(course) AND dropped = 0 ORDER BY lesson, id;

-- name: DropMaterial :execrows
UPDATE course_material SET dropped = 1 WHERE id = sqlc.arg(id) AND course = sqlc.arg(course) AND dropped = 0;

-- name: Enrol :execrows
-- Nothing when this student of this buyer is in the group already.
INSERT INTO course_enrolment (id, course, cohort, seller, party, person, lang, student, folded, birth, number, answers, parent, parent_iin, agreed_at,
    state, reason, share, share_reason, full_price, price, currency, order_ref, line, owner, access_from, access_until, applied_at, waits_from, version)
VALUES (sqlc.arg(id), sqlc.arg(course), sqlc.arg(cohort), sqlc.arg(seller), sqlc.arg(party), sqlc.arg(person), sqlc.arg(lang), sqlc.arg(student),
    sqlc.arg(folded), sqlc.arg(birth), sqlc.arg(number), sqlc.arg(answers), sqlc.arg(parent), sqlc.arg(parent_iin), sqlc.arg(agreed_at), sqlc.arg(state), '', 0, '',
    sqlc.arg(full_price), sqlc.arg(price), sqlc.arg(currency), '', '', sqlc.arg(owner), 0, 0, sqlc.arg(applied_at), sqlc.arg(applied_at), 1)
ON CONFLICT DO NOTHING;

-- name: Enrolments :many
SELECT * FROM course_enrolment WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Seated :many
-- How many places of some groups are taken by those who study or have studied there, by whose claim they are.
SELECT cohort, owner, CAST(COUNT(*) AS BIGINT) AS places FROM course_enrolment
WHERE cohort IN (SELECT value FROM json_each(cast(sqlc.arg(cohorts) AS TEXT))) AND state IN ('studying', 'finished')
GROUP BY cohort, owner;

-- name: LiveOf :many
-- The enrolments of a buyer in a group that stand.
SELECT * FROM course_enrolment WHERE party = sqlc.arg(party) AND cohort = sqlc.arg(cohort)
    AND state IN ('applied', 'offered', 'ordered', 'studying', 'finished') ORDER BY id;

-- name: OfParty :many
SELECT * FROM course_enrolment WHERE party = sqlc.arg(party) AND id < sqlc.arg(before) ORDER BY id DESC LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: FinishedOf :many
-- The courses that a student of a buyer has finished.
SELECT DISTINCT course FROM course_enrolment WHERE party = sqlc.arg(party) AND folded = sqlc.arg(folded) AND state = 'finished';

-- name: OfCohort :many
SELECT * FROM course_enrolment WHERE cohort = sqlc.arg(cohort) ORDER BY folded, id;

-- name: Waiting :many
SELECT * FROM course_enrolment WHERE seller = sqlc.arg(seller) AND state = 'applied' AND id > sqlc.arg(after) ORDER BY id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Step :execrows
-- Changes the state of an enrolment whose version was read.
UPDATE course_enrolment SET state = sqlc.arg(state), reason = sqlc.arg(reason), waits_from = sqlc.arg(now), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: ForgetAnswers :exec
-- Forgets what was said of a parent, and the answers, of who got no place.
UPDATE course_enrolment SET parent = '', parent_iin = '', answers = '{}' WHERE id = sqlc.arg(id) AND access_from = 0;

-- name: Grant :execrows
UPDATE course_enrolment SET share = sqlc.arg(share), share_reason = sqlc.arg(share_reason), price = sqlc.arg(price), version = version + 1
WHERE id = sqlc.arg(id) AND version = sqlc.arg(version) AND state IN ('applied', 'offered');

-- name: SetNumber :execrows
UPDATE course_enrolment SET number = sqlc.arg(number), version = version + 1 WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Order :execrows
-- What is offered is ordered once.
UPDATE course_enrolment SET state = 'ordered', order_ref = sqlc.arg(order_ref), line = sqlc.arg(line), owner = sqlc.arg(owner), version = version + 1
WHERE id = sqlc.arg(id) AND state = 'offered';

-- name: SetOwner :execrows
UPDATE course_enrolment SET owner = sqlc.arg(owner), version = version + 1 WHERE id = sqlc.arg(id) AND version = sqlc.arg(version);

-- name: Begin :execrows
UPDATE course_enrolment SET state = 'studying', access_from = sqlc.arg(access_from), access_until = sqlc.arg(access_until), version = version + 1
WHERE id = sqlc.arg(id) AND state = 'ordered';

-- name: Stale :many
SELECT * FROM course_enrolment WHERE state IN ('applied', 'offered') AND waits_from < sqlc.arg(before) ORDER BY waits_from, id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Lapse :exec
UPDATE course_enrolment SET state = 'lapsed', parent = '', parent_iin = '', answers = '{}', version = version + 1
WHERE state IN ('applied', 'offered') AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: AddDue :exec
INSERT INTO course_due (id, enrolment, party, position, day, amount, currency, state, order_ref, told_day)
VALUES (sqlc.arg(id), sqlc.arg(enrolment), sqlc.arg(party), sqlc.arg(position), sqlc.arg(day), sqlc.arg(amount), sqlc.arg(currency), sqlc.arg(state), sqlc.arg(order_ref), '')
ON CONFLICT DO NOTHING;

-- name: DuesOf :many
SELECT * FROM course_due WHERE enrolment IN (SELECT value FROM json_each(cast(sqlc.arg(enrolments) AS TEXT))) ORDER BY enrolment, position;

-- name: Dues :many
SELECT * FROM course_due WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: OrderDue :execrows
UPDATE course_due SET state = 'ordered', order_ref = sqlc.arg(order_ref) WHERE id = sqlc.arg(id) AND state = 'open';

-- name: PayDue :execrows
UPDATE course_due SET state = 'paid' WHERE id = sqlc.arg(id) AND state = 'ordered';

-- name: PayFirst :exec
UPDATE course_due SET state = 'paid' WHERE enrolment = sqlc.arg(enrolment) AND position = 1;

-- name: ReopenDue :execrows
-- What was ordered and given up is as it was before.
UPDATE course_due SET state = sqlc.arg(state), order_ref = '' WHERE id = sqlc.arg(id) AND state IN ('ordered', 'paid');

-- name: ToRemind :many
-- What falls due by a day and was not reminded of since another.
SELECT * FROM course_due WHERE state = 'open' AND day <= sqlc.arg(by_day) AND told_day < sqlc.arg(told_before) ORDER BY day, id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: Told :exec
UPDATE course_due SET told_day = sqlc.arg(day) WHERE id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));

-- name: Mark :exec
INSERT INTO course_mark (lesson, enrolment, presence, mark, by_user, at)
VALUES (sqlc.arg(lesson), sqlc.arg(enrolment), sqlc.arg(presence), sqlc.arg(mark), sqlc.arg(by_user), sqlc.arg(at))
ON CONFLICT (lesson, enrolment) DO UPDATE SET presence = sqlc.arg(presence), mark = sqlc.arg(mark), by_user = sqlc.arg(by_user), at = sqlc.arg(at);

-- name: MarksOf :many
SELECT * FROM course_mark WHERE enrolment IN (SELECT value FROM json_each(cast(sqlc.arg(enrolments) AS TEXT)));

-- name: AddCertificate :exec
INSERT INTO course_certificate (number, enrolment, seller, student, course, name, from_day, to_day, minutes, mark, issued_at, withdrawn_at, reason)
VALUES (sqlc.arg(number), sqlc.arg(enrolment), sqlc.arg(seller), sqlc.arg(student), sqlc.arg(course), sqlc.arg(name), sqlc.arg(from_day), sqlc.arg(to_day),
    sqlc.arg(minutes), sqlc.arg(mark), sqlc.arg(issued_at), 0, '')
ON CONFLICT DO NOTHING;

-- name: Certificate :many
SELECT * FROM course_certificate WHERE number = sqlc.arg(number);

-- name: CertificatesOf :many
SELECT * FROM course_certificate WHERE withdrawn_at = 0 AND enrolment IN (SELECT value FROM json_each(cast(sqlc.arg(enrolments) AS TEXT)));

-- name: WithdrawCertificate :execrows
UPDATE course_certificate SET withdrawn_at = sqlc.arg(at), reason = sqlc.arg(reason) WHERE number = sqlc.arg(number) AND withdrawn_at = 0;

-- name: Over :many
-- Who studies in groups whose last lesson is over.
SELECT e.* FROM course_enrolment e JOIN course_cohort c ON c.id = e.cohort
WHERE e.state = 'studying' AND c.ends_at < sqlc.arg(now) ORDER BY e.id LIMIT CAST(sqlc.arg(page) AS BIGINT);

-- name: FinishAll :exec
UPDATE course_enrolment SET state = 'finished', version = version + 1
WHERE state = 'studying' AND id IN (SELECT value FROM json_each(cast(sqlc.arg(ids) AS TEXT)));
