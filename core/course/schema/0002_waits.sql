-- +goose Up
-- When an application or an offer began to wait: what is offered late has its whole time to be ordered.
ALTER TABLE course_enrolment ADD COLUMN waits_from BIGINT NOT NULL DEFAULT 0;
UPDATE course_enrolment SET waits_from = applied_at;
CREATE INDEX course_enrolment_waits ON course_enrolment (waits_from, id) WHERE state IN ('applied', 'offered');
DROP INDEX course_enrolment_open;
DROP INDEX course_enrolment_number;
