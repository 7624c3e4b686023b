-- +goose Up
-- What the library of a house finds files by: what they were called, and where they are shown.
ALTER TABLE media_file ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE media_file ADD COLUMN words TEXT NOT NULL DEFAULT ''; -- the label as it is looked for
ALTER TABLE media_file ADD COLUMN uses BIGINT NOT NULL DEFAULT 0 CHECK (uses >= 0);
ALTER TABLE media_file ADD COLUMN lacks_kk BIGINT NOT NULL DEFAULT 0 CHECK (lacks_kk IN (0, 1)); -- somewhere it is shown without words in Kazakh
ALTER TABLE media_file ADD COLUMN lacks_ru BIGINT NOT NULL DEFAULT 0 CHECK (lacks_ru IN (0, 1));
ALTER TABLE media_file ADD COLUMN buyers BIGINT NOT NULL DEFAULT 0 CHECK (buyers IN (0, 1)); -- a buyer brought it
ALTER TABLE media_file ADD COLUMN dropped_at BIGINT NOT NULL DEFAULT 0; -- when it was thrown away; 0 when it was not
CREATE INDEX media_file_kept ON media_file (kept, name) WHERE dropped_at = 0;
CREATE INDEX media_file_kind ON media_file (kind, kept, name) WHERE dropped_at = 0;
CREATE INDEX media_file_unused ON media_file (kept, name) WHERE dropped_at = 0 AND uses = 0;
CREATE INDEX media_file_lacks_kk ON media_file (kept, name) WHERE dropped_at = 0 AND lacks_kk = 1;
CREATE INDEX media_file_lacks_ru ON media_file (kept, name) WHERE dropped_at = 0 AND lacks_ru = 1;
CREATE INDEX media_file_bytes ON media_file (bytes, name) WHERE dropped_at = 0;
CREATE INDEX media_file_dropped ON media_file (dropped_at, name) WHERE dropped_at > 0;

-- Where a file is shown, and with which words. The object is a product or a piece of the window.
CREATE TABLE media_use (
    object TEXT   NOT NULL,
    name   TEXT   NOT NULL,
    alt    TEXT   NOT NULL, -- JSON
    words  TEXT   NOT NULL, -- the same as it is looked for
    kk     BIGINT NOT NULL CHECK (kk IN (0, 1)), -- whether there are words in Kazakh, or none are needed
    ru     BIGINT NOT NULL CHECK (ru IN (0, 1)),
    PRIMARY KEY (object, name)
);
CREATE INDEX media_use_name ON media_use (name, object);
