package web

import (
	"context"
	"net/http"
)

// Cookies in an input are what the browser brought along. A cookie that cannot be read, such as one that another program
// on the same host has set, is left out: it never keeps anybody from a page.
type Cookies []*http.Cookie

// Of gives the values of all cookies with a name, in the order in which the browser sent them. There may be none.
func (c Cookies) Of(name string) []string {
	var values []string
	for _, one := range c {
		if one.Name == name {
			values = append(values, one.Value)
		}
	}
	return values
}

// CookiesOf gives what the browser brought along with the present request, for a page that is made without an input: that
// of a fault. Without a request there are none.
func CookiesOf(ctx context.Context) Cookies {
	if c := callFrom(ctx); c != nil {
		return c.r.Cookies()
	}
	return nil
}
