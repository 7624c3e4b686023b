package office

import (
	"context"
	"encoding/json"

	"sauda/base/fault"
	"sauda/core/catalog"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// refusedWords says by the code of a fault why a plan could not be kept.
func refusedWords(ctx context.Context, code string) string {
	if known := fault.Find(code); known != nil {
		return i18n.Fault(web.Lang(ctx), known)
	}
	return code
}

// side is one field of a change, before and after it, for people.
type side struct{ Field, Before, After string }

// changeSides gives the fields of a change with their values: texts in the language of the reader, lists as they are kept.
func changeSides(ctx context.Context, c catalog.Change) []side {
	before, after := sideValues(ctx, c.Before), sideValues(ctx, c.After)
	var sides []side
	for _, field := range c.Fields {
		if before[field] != "" || after[field] != "" {
			sides = append(sides, side{t(ctx, "field."+field), before[field], after[field]})
		}
	}
	return sides
}

func sideValues(ctx context.Context, f catalog.Facts) map[string]string {
	data, err := json.Marshal(f)
	if err != nil {
		return nil
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil
	}
	values := make(map[string]string, len(raw))
	for field, value := range raw {
		var plain string
		if json.Unmarshal(value, &plain) == nil {
			values[field] = plain
			continue
		}
		values[field] = string(value)
	}
	if f.State != nil {
		values[catalog.FieldState] = t(ctx, "product.state."+string(*f.State))
	}
	if f.Origin != nil {
		values["origin"] = f.Origin.Name(lang(ctx))
	}
	return values
}
