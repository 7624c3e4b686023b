package session

import (
	"net/http"
	"time"
)

// DeviceTime is how long a browser keeps the name of its device, and with it the basket of a guest.
const DeviceTime = 180 * 24 * time.Hour

// CookieName is the name of the cookie that holds the token. Over TLS the prefix __Host- binds it to this host alone.
func (k *Keeper) CookieName() string { return k.prefix() + "sauda_session" }

// DeviceName is the name of the cookie that holds the name of a guest's device.
func (k *Keeper) DeviceName() string { return k.prefix() + "sauda_device" }

func (k *Keeper) prefix() string {
	if k.o.TLS {
		return "__Host-"
	}
	return ""
}

// Cookie carries a token to the browser, out of reach of scripts and of other sites' forms.
func (k *Keeper) Cookie(token string) *http.Cookie {
	return k.cookie(k.CookieName(), token, k.o.Absolute)
}

// NoCookie takes the token away from the browser.
func (k *Keeper) NoCookie() *http.Cookie {
	return k.cookie(k.CookieName(), "", -time.Second)
}

// NewDevice makes a name for a browser that has none: random, so that nobody can guess another's.
func NewDevice() string { return "dev_" + secret() }

// DeviceCookie carries the name of a device to its browser. It says nothing about the person.
func (k *Keeper) DeviceCookie(name string) *http.Cookie {
	return k.cookie(k.DeviceName(), name, DeviceTime)
}

// DeviceOf reads the name of the device from a request; a name that this package did not make counts as none.
func (k *Keeper) DeviceOf(r *http.Request) string {
	c, err := r.Cookie(k.DeviceName())
	if err != nil || len(c.Value) != len("dev_")+43 || c.Value[:4] != "dev_" {
		return ""
	}
	for _, b := range []byte(c.Value[4:]) {
		if !('a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_') {
			return ""
		}
	}
	return c.Value
}

func (k *Keeper) cookie(name, value string, age time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: k.o.TLS, SameSite: http.SameSiteLaxMode,
	}
}
