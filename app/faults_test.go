package app_test

import (
	"testing"

	_ "sauda/app" // Every package that has faults.
	"sauda/gear/i18n"

	_ "sauda/core/exchange"
	_ "sauda/core/exchange/auction" // No venue stands on them yet, and their faults have texts.
	_ "sauda/core/exchange/book"
	_ "sauda/core/exchange/risk"
	_ "sauda/gear/journal/relay"
)

// TestFaultsSpeak wants every fault of the house in Kazakh, Russian and Chinese, and no text without its fault.
func TestFaultsSpeak(t *testing.T) {
	for _, wrong := range i18n.CheckFaults() {
		t.Error(wrong)
	}
}
