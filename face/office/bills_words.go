package office

import (
	"context"
	"strconv"
	"strings"

	"sauda/base/money"
	"sauda/core/utility"
	"sauda/gear/web"
)

// tariffWords says what a tariff costs, step by step.
func tariffWords(ctx context.Context, p utility.Provider, tariff utility.Tariff) string {
	lang := web.Lang(ctx)
	steps := make([]string, len(tariff.Steps))
	for i, s := range tariff.Steps {
		words := money.Of(int64(s.Price)/100, p.Currency).Decimal()
		if rest := int64(s.Price) % 100; rest != 0 {
			words += strconv.FormatInt(rest+100, 10)[1:]
		}
		if s.UpTo > 0 {
			words = "≤ " + s.UpTo.Format(lang) + ": " + words
		}
		steps[i] = words
	}
	return strings.Join(steps, "; ")
}
