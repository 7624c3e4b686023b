package app_test

import (
	"testing"

	_ "sauda/app" // Every package that has faults.
	"sauda/gear/i18n"
)

// TestFaultsSpeak wants every fault of the house in Kazakh, Russian and Chinese, and no text without its fault.
func TestFaultsSpeak(t *testing.T) {
	for _, wrong := range i18n.CheckFaults() {
		t.Error(wrong)
	}
}
