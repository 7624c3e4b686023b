package demo

import (
	"context"
	"encoding/json"
	"fmt"

	"sauda/core/seller"
	"sauda/core/window"
	"sauda/gear/db"
)

// written is one piece of window.json.
type written struct {
	Kind window.Kind
	Body window.Body
}

// dress writes and publishes what the shop says besides its goods: pages, a blog, a banner, the menus.
func (s *sower) dress(ctx context.Context) error {
	raw, err := Files.ReadFile("window.json")
	if err != nil {
		return err
	}
	var pieces []written
	if err := json.Unmarshal(raw, &pieces); err != nil {
		return fmt.Errorf("window.json: %w", err)
	}
	return s.once(ctx, "window", func(tx *db.Tx) error {
		for n, w := range pieces {
			p, err := window.Begin(tx, string(seller.Own), w.Kind, w.Body)
			if err == nil {
				_, err = window.Publish(tx, p.Seller, p.ID, p.Version)
			}
			if err != nil {
				return fmt.Errorf("piece %d: %w", n, err)
			}
		}
		return nil
	})
}
