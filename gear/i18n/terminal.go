package i18n

import (
	"slices"
	"strings"
)

// TerminalLanguages are those in which commands talk to the person at the terminal.
var TerminalLanguages = []string{"kk", "ru", "en"}

// Locale gives the language of a terminal by its environment: LC_ALL counts more than LC_MESSAGES, and that more than
// LANG (POSIX.1-2024, XBD 8.2). Kazakh when none of them says anything; English for C, POSIX and every language that
// commands do not speak, for that is what other programs speak there.
func Locale(environment func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := environment(name)
		if value == "" {
			continue
		}
		lang, _, _ := strings.Cut(strings.ToLower(value), ".") // ru_KZ.UTF-8, kk_KZ@latin, en
		lang, _, _ = strings.Cut(lang, "@")
		lang, _, _ = strings.Cut(strings.ReplaceAll(lang, "-", "_"), "_")
		if slices.Contains(TerminalLanguages, lang) {
			return lang
		}
		return "en"
	}
	return Languages[0]
}
