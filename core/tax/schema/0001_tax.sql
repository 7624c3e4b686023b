-- +goose Up
-- A rate is found by all its columns but the last three; days are 'YYYY-MM-DD', '' is an open end.
CREATE TABLE tax_rate (
    country  TEXT   NOT NULL,
    region   TEXT   NOT NULL,
    regime   TEXT   NOT NULL,
    class    TEXT   NOT NULL,
    from_day TEXT   NOT NULL,
    to_day   TEXT   NOT NULL CHECK (to_day = '' OR to_day > from_day),
    parts    BIGINT NOT NULL CHECK (parts BETWEEN 0 AND 1000000), -- parts per million
    mark     TEXT   NOT NULL,
    clause   TEXT   NOT NULL,
    PRIMARY KEY (country, region, regime, class, from_day)
);
