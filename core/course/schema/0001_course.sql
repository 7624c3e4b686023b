-- +goose Up
-- What is taught, as a school offers it again and again.
CREATE TABLE course (
    id          TEXT   NOT NULL PRIMARY KEY,
    seller      TEXT   NOT NULL,
    product     TEXT   NOT NULL, -- what it is on the shelf
    variant     TEXT   NOT NULL, -- how it is ordered
    name        TEXT   NOT NULL, -- texts by language
    about       TEXT   NOT NULL,
    programme   TEXT   NOT NULL,
    spoken      TEXT   NOT NULL, -- the language in which it is taught
    approval    BIGINT NOT NULL CHECK (approval IN (0, 1)),
    age_least   BIGINT NOT NULL CHECK (age_least >= 0),
    age_most    BIGINT NOT NULL CHECK (age_most >= 0), -- 0 is no limit
    needs       TEXT   NOT NULL, -- courses that a student has finished before
    questions   TEXT   NOT NULL, -- what is asked of who applies
    plan        TEXT   NOT NULL, -- the parts in which it is paid
    access_days BIGINT NOT NULL CHECK (access_days >= 0), -- how long materials stay open after the last lesson
    pause_days  BIGINT NOT NULL CHECK (pause_days >= 0),  -- how long a due may be late before materials close
    share_least BIGINT NOT NULL CHECK (share_least BETWEEN 0 AND 100), -- of the lessons, for a certificate
    state       TEXT   NOT NULL CHECK (state IN ('draft', 'shown', 'ended')),
    version     BIGINT NOT NULL
);
CREATE INDEX course_shown ON course (seller, state, id);
CREATE INDEX course_seller ON course (seller, id);
CREATE UNIQUE INDEX course_product ON course (product) WHERE product <> '';

-- A group of students who begin and end together. How many places are left stands in a pool of core/hold.
CREATE TABLE course_cohort (
    id          TEXT   NOT NULL PRIMARY KEY,
    course      TEXT   NOT NULL,
    seller      TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    from_day    TEXT   NOT NULL,
    to_day      TEXT   NOT NULL, -- the last day of lessons
    zone        TEXT   NOT NULL,
    slots       TEXT   NOT NULL, -- the timetable of a week
    teachers    TEXT   NOT NULL,
    room        TEXT   NOT NULL,
    places      BIGINT NOT NULL CHECK (places > 0),
    price       BIGINT NOT NULL CHECK (price >= 0),
    currency    TEXT   NOT NULL,
    enrol_until TEXT   NOT NULL, -- the last day on which somebody may enrol
    ends_at     BIGINT NOT NULL, -- when its last lesson is over
    state       TEXT   NOT NULL CHECK (state IN ('open', 'closed', 'called_off')),
    version     BIGINT NOT NULL
);
CREATE INDEX course_cohort_course ON course_cohort (course, from_day, id);
CREATE INDEX course_cohort_seller ON course_cohort (seller, from_day, id);

CREATE TABLE course_lesson (
    id        TEXT   NOT NULL PRIMARY KEY,
    cohort    TEXT   NOT NULL,
    number    BIGINT NOT NULL CHECK (number > 0),
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL,
    topic     TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('planned', 'held', 'called_off')),
    CHECK (ends_at > starts_at)
);
CREATE UNIQUE INDEX course_lesson_number ON course_lesson (cohort, number);

-- What students of a course may read and watch; of a lesson by its number, or of the whole course with 0.
CREATE TABLE course_material (
    id       TEXT   NOT NULL PRIMARY KEY,
    course   TEXT   NOT NULL,
    lesson   BIGINT NOT NULL CHECK (lesson >= 0),
    name     TEXT   NOT NULL,
    type     TEXT   NOT NULL,
    bytes    BIGINT NOT NULL CHECK (bytes > 0),
    lies     TEXT   NOT NULL, -- the name under which it is kept, which is shown to nobody
    dropped  BIGINT NOT NULL CHECK (dropped IN (0, 1))
);
CREATE INDEX course_material_course ON course_material (course, lesson, id);

CREATE TABLE course_enrolment (
    id           TEXT   NOT NULL PRIMARY KEY,
    course       TEXT   NOT NULL,
    cohort       TEXT   NOT NULL,
    seller       TEXT   NOT NULL,
    party        TEXT   NOT NULL, -- who buys
    person       TEXT   NOT NULL, -- the user who applied, to whom is written
    lang         TEXT   NOT NULL,
    student      TEXT   NOT NULL,
    folded       TEXT   NOT NULL, -- the name as names are compared
    birth        TEXT   NOT NULL,
    number       TEXT   NOT NULL, -- what the school calls the student
    answers      TEXT   NOT NULL,
    parent       TEXT   NOT NULL, -- who agrees for a minor
    parent_iin   TEXT   NOT NULL,
    agreed_at    BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('applied', 'offered', 'refused', 'ordered', 'studying', 'finished', 'left', 'lapsed')),
    reason       TEXT   NOT NULL,
    share        BIGINT NOT NULL CHECK (share BETWEEN 0 AND 1000000), -- of a scholarship, in parts per million
    share_reason TEXT   NOT NULL,
    full_price   BIGINT NOT NULL CHECK (full_price >= 0), -- without a scholarship
    price        BIGINT NOT NULL CHECK (price BETWEEN 0 AND full_price),
    currency     TEXT   NOT NULL,
    order_ref    TEXT   NOT NULL,
    line         TEXT   NOT NULL,
    owner        TEXT   NOT NULL, -- whose the claim on the place is
    access_from  BIGINT NOT NULL,
    access_until BIGINT NOT NULL,
    applied_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX course_enrolment_once ON course_enrolment (cohort, party, folded)
    WHERE state IN ('applied', 'offered', 'ordered', 'studying', 'finished');
CREATE INDEX course_enrolment_party ON course_enrolment (party, id);
CREATE INDEX course_enrolment_cohort ON course_enrolment (cohort, folded, id);
CREATE INDEX course_enrolment_waiting ON course_enrolment (seller, id) WHERE state = 'applied';
CREATE INDEX course_enrolment_open ON course_enrolment (applied_at, id) WHERE state IN ('applied', 'offered');
CREATE INDEX course_enrolment_studying ON course_enrolment (id) WHERE state = 'studying';
CREATE INDEX course_enrolment_number ON course_enrolment (seller, number) WHERE number <> '';

-- A payment of a plan. The first is in the order of the enrolment, each later one in an order of its own.
CREATE TABLE course_due (
    id        TEXT   NOT NULL PRIMARY KEY,
    enrolment TEXT   NOT NULL,
    party     TEXT   NOT NULL,
    position  BIGINT NOT NULL CHECK (position > 0),
    day       TEXT   NOT NULL,
    amount    BIGINT NOT NULL CHECK (amount >= 0),
    currency  TEXT   NOT NULL,
    state     TEXT   NOT NULL CHECK (state IN ('open', 'ordered', 'paid', 'waived')),
    order_ref TEXT   NOT NULL,
    told_day  TEXT   NOT NULL -- the day on which it was last reminded of, or ''
);
CREATE UNIQUE INDEX course_due_position ON course_due (enrolment, position);
CREATE INDEX course_due_open ON course_due (day, id) WHERE state = 'open';

-- Whether a student was there, and what he did.
CREATE TABLE course_mark (
    lesson    TEXT   NOT NULL,
    enrolment TEXT   NOT NULL,
    presence  TEXT   NOT NULL CHECK (presence IN ('', 'present', 'late', 'absent', 'excused')),
    mark      BIGINT NOT NULL CHECK (mark BETWEEN 0 AND 100), -- 0 is none
    by_user   TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (lesson, enrolment)
);
CREATE INDEX course_mark_enrolment ON course_mark (enrolment);

CREATE TABLE course_certificate (
    number       TEXT   NOT NULL PRIMARY KEY,
    enrolment    TEXT   NOT NULL,
    seller       TEXT   NOT NULL,
    student      TEXT   NOT NULL,
    course       TEXT   NOT NULL,
    name         TEXT   NOT NULL, -- of the course on that day
    from_day     TEXT   NOT NULL,
    to_day       TEXT   NOT NULL,
    minutes      BIGINT NOT NULL CHECK (minutes >= 0),
    mark         BIGINT NOT NULL CHECK (mark BETWEEN 0 AND 100),
    issued_at    BIGINT NOT NULL,
    withdrawn_at BIGINT NOT NULL, -- 0 is never
    reason       TEXT   NOT NULL
);
CREATE UNIQUE INDEX course_certificate_enrolment ON course_certificate (enrolment) WHERE withdrawn_at = 0;
