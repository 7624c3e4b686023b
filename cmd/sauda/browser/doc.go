// Package browser holds tests that buy in a real Chromium, at the width of a phone.
package browser
