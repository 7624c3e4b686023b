-- +goose Up
-- What the buyer answered to the questions of a thing that is made to order, JSON; '' for other things. Of such a line the
-- column variant says what makes it one line: the variant, and behind a slash a short name of the answers.
ALTER TABLE cart_line ADD COLUMN answers TEXT NOT NULL DEFAULT '';
