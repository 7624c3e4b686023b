package office

import (
	"context"

	"github.com/a-h/templ"

	"sauda/core/catalog"
)

// collectionKind says in words who chooses the products of a collection.
func collectionKind(ctx context.Context, c catalog.Collection) string {
	if c.Rule != nil {
		return t(ctx, "collections.by_rule")
	}
	return t(ctx, "collections.by_hand")
}

// collectionTo is where the form of a collection goes.
func collectionTo(ctx context.Context, id catalog.CollectionID) templ.SafeURL {
	if id == "" {
		return to(ctx, "collections")
	}
	return to(ctx, "collections", string(id))
}

// scoreWords is how complete a product is; one that has just changed is a dash for a moment.
func scoreWords(score int) string {
	if score == catalog.Unweighed {
		return "—"
	}
	return number(score) + "\u00a0%"
}

// belowWords names the choice of how incomplete a product is.
func belowWords(ctx context.Context, n int) string {
	if n == 0 {
		return t(ctx, "products.any_score")
	}
	return t(ctx, "products.below", "score", n)
}
