package tax

import (
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/gear/db"
)

// Known gives the rates that are known when a house is set up, in the order of their days. What the law plans for later
// is here with its day, and what changes is entered beside it: nothing is ever overwritten.
//
// "TC" is the Tax Code of Kazakhstan No. 214-VIII of 2025-07-18. Medicines before 2026 were taxed by another rule, which
// this table does not know.
func Known() Table {
	since := func(from string) span.Days { return span.Days{From: span.MustDay(from)} }
	within := func(from, to string) span.Days { return span.Days{From: span.MustDay(from), To: span.MustDay(to)} }
	kz := func(regime string, class Class, days span.Days, percent int64, clause string) Rate {
		return Rate{Country: "KZ", Regime: regime, Class: class, Days: days, Parts: money.Percent(percent), Clause: clause}
	}
	free := func(country place.Country, regime string, class Class, days span.Days, clause string) Rate {
		return Rate{Country: country, Regime: regime, Class: class, Days: days, Mark: WithoutVAT, Clause: clause}
	}
	const code2017, code2026 = "2018-01-01", "2026-01-01" // The days on which the two tax codes came into force.
	return Table{
		kz("kz.vat", Standard, within(code2017, code2026), 12, "Tax Code No. 120-VI art. 422(1)"),
		kz("kz.vat", Standard, since(code2026), 16, "TC art. 503(1)"),
		kz("kz.vat", Medical, within(code2026, "2027-01-01"), 5, "TC art. 503(2)"),
		kz("kz.vat", Medical, since("2027-01-01"), 10, "TC art. 503(2)"),
		kz("kz.vat", Periodical, since(code2026), 10, "TC art. 503(3)"),
		kz("kz.vat", ExportZero, since(code2026), 0, "TC art. 503(4)"),
		free("KZ", "kz.vat", Exempt, since(code2026), "TC art. 474, 492(5)"),
		free("KZ", "kz.simplified", "", since(code2026), "TC art. 450(5), 492(5)"),
		free("KZ", "kz.self_employed", "", since(code2026), "TC art. 450, 492(5)"),
		free("KZ", "kz.farm", "", since(code2026), "TC art. 450, 492(5)"),

		{Country: "UZ", Regime: "uz.vat", Class: Standard, Days: since("2023-01-01"), Parts: money.Percent(12),
			Clause: "Tax Code of Uzbekistan art. 258"},
		{Country: "UZ", Regime: "uz.vat", Class: ExportZero, Days: since("2023-01-01"), Clause: "Tax Code of Uzbekistan art. 260"},
		free("UZ", "uz.turnover", "", since("2023-01-01"), "Tax Code of Uzbekistan art. 461"),

		// A tax on top of the price that depends on the region. Local parts of it are entered by who collects them.
		{Country: "US", Regime: "us.sales", Class: "", Days: since("2018-06-21"), Clause: "no nexus: 585 U.S. 162 (2018)"},
		{Country: "US", Region: "WA", Regime: "us.sales", Class: "", Days: since("1983-05-01"), Parts: 65_000,
			Clause: "RCW 82.08.020(1), state part"},
	}
}

// Seed enters the known rates where the table has nothing for their country, regime and class yet: what was entered by
// hand stays. Run again, it changes nothing.
func Seed(tx *db.Tx) error {
	table, err := Load(tx)
	if err != nil {
		return err
	}
	for _, rate := range Known() {
		known := false
		for _, old := range table {
			known = known || old.rivals(rate)
		}
		if known {
			continue
		}
		if err := insert(tx, rate); err != nil {
			return err
		}
	}
	return nil
}
