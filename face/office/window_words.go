package office

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"sauda/core/window"
)

// pieceState says whether buyers see a piece now: shown, planned, ended, or a draft.
func pieceState(p window.Piece, now time.Time) string {
	switch {
	case p.Over(now):
		return string(window.StateEnded)
	case p.State == window.StateShown && !p.Seen(now):
		return "planned"
	}
	return string(p.State)
}

// pieceAction is where the form of a piece goes.
func pieceAction(ctx context.Context, p window.Piece) templ.SafeURL {
	switch {
	case p.Kind == window.KindLook:
		return to(ctx, "window")
	case p.ID == "":
		return to(ctx, "content", string(p.Kind), "new")
	}
	return to(ctx, "content", string(p.ID))
}

// artPlaces are where a piece has pictures.
func artPlaces(k window.Kind) []string {
	if k == window.KindLook {
		return []string{"logo", "icon", "picture"}
	}
	return []string{"picture"}
}

// artOf gives the picture of a place, or none.
func artOf(b window.Body, place string) *window.Picture {
	switch {
	case place == "picture":
		return b.Picture
	case b.Look == nil:
		return nil
	case place == "logo":
		return b.Look.Logo
	}
	return b.Look.Icon
}
