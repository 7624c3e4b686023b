package terminal

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f *face) mountStatement(server *web.Server, site *web.Site) {
	web.PageAct(site, "GET /exchange/portfolio/{account}", f.statement, web.SignedIn())
	server.Protocol("GET /exchange/portfolio/{account}/statement.csv", f.statementFile, web.SignedIn())
}

type statementAsk struct {
	Account string `path:"account" maxLength:"40"`
	Day     string `query:"day" maxLength:"10"`
}

type statementView struct {
	page
	clearing.Statement
	Of map[string]exchange.Instrument // Of are instruments by the codes of their assets.
}

// statementOf gives the statement of an account that the reader may see; a day that is none is today.
func (f *face) statementOf(ctx context.Context, account, typed string) (s clearing.Statement, err error) {
	a, _, err := f.accountOf(ctx, account)
	if err != nil {
		return s, err
	}
	day, err := span.Parse(typed)
	if err != nil {
		day = span.DayOf(f.Now(), span.Almaty)
	}
	err = web.Look(ctx, func(tx *db.Tx) (err error) {
		s, err = clearing.StatementOf(tx, a.Code, day, span.Almaty)
		return err
	})
	return s, err
}

// statement shows what came in and went out on a day.
func (f *face) statement(ctx context.Context, in statementAsk) (web.View, error) {
	s, err := f.statementOf(ctx, in.Account, in.Day)
	if err != nil {
		return nil, err
	}
	return statementPage(statementView{f.page(ctx, "portfolio", t(ctx, "statement")), s, f.assetsTraded()}), nil
}

// assetsTraded gives for each asset an instrument by which it is traded.
func (f *face) assetsTraded() map[string]exchange.Instrument {
	of := make(map[string]exchange.Instrument)
	for _, i := range f.Floor.Instruments() {
		of[i.Asset.Code] = i
	}
	return of
}

// statementFile is the same as a file, with numbers for programs.
func (f *face) statementFile(x web.Exchange) error {
	ctx := x.Context()
	s, err := f.statementOf(ctx, x.PathValue("account"), x.URL.Query().Get("day"))
	if err != nil {
		return err
	}
	name := "sauda-" + s.Account + "-" + s.Day.String() + ".csv"
	return x.Send(web.Sent{Name: name, Kind: "text/csv; charset=utf-8", Object: s.Account}, func(w io.Writer) error {
		out := csv.NewWriter(w)
		rows := [][]string{{"time", "kind", "reference", "asset", "amount"}}
		for _, l := range s.Lines {
			rows = append(rows, []string{s.Day.Start(span.Almaty).Format("2006-01-02T15:04:05Z07:00"), "opening", "", l.Asset, f.plain(l.Asset, l.Opening)})
		}
		for _, e := range s.Entries {
			rows = append(rows, []string{e.At.In(span.Almaty).Format("2006-01-02T15:04:05Z07:00"), e.Kind, e.Ref, e.Asset, f.plain(e.Asset, e.Amount)})
		}
		for _, l := range s.Lines {
			rows = append(rows, []string{s.Day.AddDays(1).Start(span.Almaty).Format("2006-01-02T15:04:05Z07:00"), "closing", "", l.Asset, f.plain(l.Asset, l.Closing)})
		}
		if err := out.WriteAll(rows); err != nil {
			return fmt.Errorf("write the statement: %w", err)
		}
		return nil
	})
}

// plain writes an amount of an asset for programs: of money with its decimal places, of all else as people count it.
func (f *face) plain(asset string, n int64) string {
	if c := money.Currency(asset); c.Check() == nil {
		return money.Of(n, c).Decimal()
	}
	if i, known := f.assetsTraded()[asset]; known {
		return counted(i, n).String()
	}
	return digits(n)
}

// amount writes an amount of an asset for people.
func (v statementView) amount(ctx context.Context, asset string, n int64) string {
	if c := money.Currency(asset); c.Check() == nil {
		return cash(ctx, n, c)
	}
	if i, known := v.Of[asset]; known {
		return manyOf(ctx, i, n)
	}
	return digits(n)
}

// asset says in words what an asset is.
func (v statementView) asset(ctx context.Context, code string) string {
	if i, known := v.Of[code]; known {
		return in(ctx, i.Name)
	}
	return code
}

// kindOf says in words why something was moved.
func kindOf(ctx context.Context, kind string) string {
	if i18n.Has(web.Lang(ctx), "terminal.move."+kind) {
		return t(ctx, "move."+kind)
	}
	return kind
}
