package fix

// Hold keeps everybody from being proved and told until it is released.
func (g *Gateway) Hold() (release func()) {
	g.mu.Lock()
	return g.mu.Unlock
}
