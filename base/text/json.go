package text

import "database/sql/driver"

// JSON is a JSON document in a column of TEXT. Unlike json.RawMessage it is a string to the database, which both engines
// take. Empty is stored as an empty text, and NULL reads as empty.
type JSON []byte

// Value stores the document as text.
func (j JSON) Value() (driver.Value, error) { return string(j), nil }

// Scan reads a document and keeps its own copy.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case string:
		*j = JSON(v)
	case []byte:
		*j = append(JSON(nil), v...)
	default:
		return ErrStored.About("a column of type %T holds no JSON", src)
	}
	return nil
}

// MarshalJSON gives the document as it is, and null for an empty one.
func (j JSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps a copy of the document.
func (j *JSON) UnmarshalJSON(data []byte) error {
	*j = append((*j)[:0], data...)
	return nil
}
