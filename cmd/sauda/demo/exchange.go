package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/flow/floor"
	"sauda/gear/db"
)

// The exchange of the demonstration: invented companies, a bond, a fund and two goods, traded round the clock so that there is
// a market whenever somebody looks. ISINs begin with KZ9Z, which nobody gives out; their check digits are right.
const (
	calendarCode = "DEMO"
	hoursCode    = "ROUND-THE-CLOCK"
	ticksCode    = "DEMO-TENGE"
	asksCode     = "DEMO-2026"
)

// listing is an instrument of the demonstration, with about what it costs, in tiyn.
type listing struct {
	exchange.Instrument
	costs int64
}

func said(kk, ru, en, zh string) text.Localized {
	return text.Localized{"kk": kk, "ru": ru, "en": en, "zh": zh}
}

// listings are what is traded.
func listings() []listing {
	share := func(isin exchange.ISIN, short string, name text.Localized, costs int64) listing {
		return listing{exchange.Instrument{
			Kind: exchange.Share, Name: name, Currency: money.KZT, Terms: terms(1, 1, 2),
			Security: &exchange.Security{ISIN: isin, Short: short, Issuer: "demo"},
		}, costs}
	}
	fund := share("KZ9ZUNIT0016", "DALA INDEX/UNIT", said("«Дала индексі» қорының пайы", "Пай фонда «Индекс степи»", "Steppe Index fund unit", "草原指数基金份额"), 12_500_00)
	fund.Kind = exchange.Unit
	bond := share("KZ9ZQALA0302", "QALA/12 BD 2030", said("«Қала» облигациясы, 12 %, 2030", "Облигация «Кала», 12 %, 2030", "Qala bond, 12 %, 2030", "「卡拉」债券，12%，2030"), 98_400)
	bond.Kind = exchange.BondOf
	bond.Security.Nominal = 1000_00
	bond.Security.Bond = &exchange.Bond{
		Issued: span.MustDay("2025-06-01"), Matures: span.MustDay("2030-06-01"), Yearly: 2, Rate: money.Percent(12), Basis: exchange.Actual365,
	}
	goods := func(code string, name text.Localized, costs, lot int64, of exchange.Goods) listing {
		t := terms(1000, lot*1000, 0)
		t.QtyMax = 10_000 * 1000
		of.Basis, of.Measure, of.Divides = "FCA", measure.Tonne, 1000
		return listing{exchange.Instrument{Kind: exchange.Spot, Code: code, Name: name, Currency: money.KZT, Terms: t, Goods: &of}, costs}
	}
	return []listing{
		share("KZ9ZDALA0018", "DALA AGRO/SH", said("«Дала Агро» акциясы", "Акция «Дала Агро»", "Dala Agro share", "「达拉农业」股票"), 2_180_00),
		share("KZ9ZSARY0017", "SARYARQA QUAT/SH", said("«Сарыарқа Қуат» акциясы", "Акция «Сарыарка Куат»", "Saryarqa Quat share", "「萨雷阿尔卡电力」股票"), 745_00),
		share("KZ9ZALTN0015", "ALTYN DAN/SH", said("«Алтын Дән» акциясы", "Акция «Алтын Дән»", "Altyn Dan share", "「金粒」股票"), 5_320_00),
		fund, bond,
		goods("AI92-PVL", said("АИ-92 бензині, Павлодар", "Бензин АИ-92, Павлодар", "Petrol AI-92, Pavlodar", "AI-92汽油，巴甫洛达尔"), 238_000_00, 1,
			exchange.Goods{Store: "PAVLODAR", Grade: said("К4", "К4", "K4", "K4")}),
		goods("WHEAT3-KST", said("3-сынып бидай, Қостанай", "Пшеница 3 класса, Костанай", "Wheat class 3, Kostanay", "三级小麦，科斯塔奈"), 96_000_00, 10,
			exchange.Goods{Store: "KOSTANAY", Grade: said("3-сынып", "3 класс", "class 3", "三级")}),
	}
}

func terms(unit, lot, cycle int64) exchange.Terms {
	return exchange.Terms{
		Group: hoursCode, Table: ticksCode, Unit: unit, Lot: lot, QtyMin: lot, QtyMax: 1_000_000 * unit, PriceMax: 10_000_000_00,
		Collar: exchange.Collar{Dynamic: money.Percent(8), Static: money.Percent(15), Extended: money.Percent(30)}, Call: exchange.Call{Market: "kase"},
		Cycle: cycle, Maker: money.One / 5000, Taker: money.One / 2500, SellUnsettled: true,
	}
}

// stalls are those who trade here by themselves: a market maker and three who come and go. The last one is the visitor.
var stalls = []string{"maker", "first", "second", "third", "visitor"}

// exchange lays the exchange out: hours, instruments, a broker with his traders, and money and goods for all of them. Two people
// of the office admit them and the visitor, aisulu, as investors.
func (s *sower) exchange(ctx context.Context) error {
	clerk, second := s.staff["gulnar"], s.staff["erbolat"]
	if err := s.as(ctx, clerk, "lay the exchange out", layOut); err != nil {
		return err
	}
	var member exchange.Member
	err := s.as(ctx, clerk, "admit the broker", func(tx *db.Tx) (err error) {
		member, err = exchange.Admit(tx, exchange.Member{
			Code: "DALA-INVEST", BIN: "251140009901", Party: "demo-broker", Broker: true,
			Name:    said("«Дала Инвест» брокері", "Брокер «Дала Инвест»", "Dala Invest broker", "「达拉投资」经纪"),
			Licence: exchange.Licence{Number: "4.2.0/1", Days: span.Days{From: span.MustDay("2020-01-01"), To: span.MustDay("2099-01-01")}},
		}, demoReason)
		return err
	})
	if err != nil {
		return err
	}
	var filed []exchange.Application
	if err := s.as(ctx, s.buyers["aisulu"], "apply", func(tx *db.Tx) error {
		filed = nil
		for _, stall := range stalls { // Each is an owner of his own: who watches over the market would see one trade with himself otherwise.
			a, err := exchange.File(tx, exchange.Application{
				Party: s.holder(stall), Member: member.ID, TaxNumber: "000101600997", Questionnaire: asksCode,
				Answers: exchange.Answers{"knows": {"risk"}, "loses": {"half"}}, Documents: []string{"demo-passport"},
			})
			if err != nil {
				return err
			}
			filed = append(filed, a)
		}
		return nil
	}); err != nil {
		return err
	}
	var wanted []exchange.Proposal
	if err := s.as(ctx, clerk, "propose to admit", func(tx *db.Tx) error {
		wanted = nil
		for _, a := range filed {
			p, err := exchange.Propose(tx, exchange.KindAdmit, exchange.Subject(a.ID), nil, demoReason)
			if err != nil {
				return err
			}
			wanted = append(wanted, p)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := s.as(ctx, second, "admit", func(tx *db.Tx) error {
		for _, p := range wanted {
			if _, err := exchange.Confirm(tx, p.ID); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return s.as(ctx, clerk, "seat the traders", func(tx *db.Tx) error { return s.seat(tx, member) })
}

// holder is the party whose account a stall has.
func (s *sower) holder(stall string) string {
	if stall == "visitor" {
		return s.buyers["aisulu"].Party
	}
	return "demo-" + stall
}

const demoReason = exchange.Reason("Demonstration")

// layOut lays the calendar, the steps of the price, the hours, what investors are asked, and the instruments.
func layOut(tx *db.Tx) error {
	week := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	_, err := exchange.OpenCalendar(tx, calendarCode, week, map[span.Day]exchange.DaySort{})
	err = errors.Join(err, exchange.LayTicks(tx, ticksCode, exchange.Ticks{{From: 0, Step: 10}, {From: 1_000_00, Step: 50}, {From: 10_000_00, Step: 500}, {From: 100_000_00, Step: 5_000}}))
	err = errors.Join(err, exchange.LaySchedule(tx, exchange.Schedule{
		Group: hoursCode, From: span.MustDay("2020-01-01"), Calendar: calendarCode, RandomMax: 30_000_000,
		Full: []exchange.Slot{
			{Step: "begin_call", At: exchange.Clock(0, 30, 0)}, {Step: "begin_random_end", At: exchange.Clock(0, 40, 0)},
			{Step: "begin_call", At: exchange.Clock(12, 0, 0)}, {Step: "begin_random_end", At: exchange.Clock(12, 5, 0)},
			{Step: "begin_closing", At: exchange.Clock(23, 40, 0)}, {Step: "begin_random_end", At: exchange.Clock(23, 45, 0)},
		},
	}))
	err = errors.Join(err, exchange.Publish(tx, questionnaire()))
	if err != nil {
		return err
	}
	for _, l := range listings() {
		i, err := exchange.Draft(tx, l.Instrument, demoReason)
		if err != nil {
			return fmt.Errorf("%s: %w", l.Name["en"], err)
		}
		if err := exchange.List(tx, i.ID, demoReason); err != nil {
			return err
		}
	}
	return nil
}

func questionnaire() exchange.Questionnaire {
	return exchange.Questionnaire{Code: asksCode, Balanced: 10, Experienced: 25, Questions: []exchange.Question{
		{
			Code: "knows",
			Text: said("Акция бағасы неліктен түсуі мүмкін?", "Почему может упасть цена акции?", "Why may the price of a share fall?", "股价为什么会下跌？"),
			Choices: []exchange.Choice{
				{Code: "never", Text: said("Ол түспейді", "Она не падает", "It does not fall", "不会下跌")},
				{Code: "risk", Text: said("Компания нашарласа немесе жұрт сата бастаса", "Если дела компании идут хуже или все продают", "When the company does worse or everybody sells", "公司业绩变差或众人抛售"), Score: 15},
			},
		},
		{
			Code: "loses",
			Text: said("Салған ақшаңыздың қанша бөлігін жоғалтсаңыз да шыдар едіңіз?", "Потерю какой части вложенного вы перенесёте?", "How much of what you put in could you bear to lose?", "您能承受损失多少本金？"),
			Choices: []exchange.Choice{
				{Code: "nothing", Text: said("Ештеңесін", "Никакой", "Nothing", "一点也不能")},
				{Code: "half", Text: said("Жартысын", "Половину", "Half of it", "一半"), Score: 12},
			},
		},
	}}
}

// seat admits a trader for each of those who trade by themselves and for the visitor, and brings in what they begin with.
func (s *sower) seat(tx *db.Tx, member exchange.Member) error {
	for n, stall := range stalls {
		user := "demo-" + stall
		if stall == "visitor" {
			user = s.buyers["aisulu"].ID
		}
		of, err := exchange.AccountsOf(tx, s.holder(stall))
		if err != nil {
			return err
		}
		account := of[0]
		trader, err := exchange.AdmitTrader(tx, member.ID, user, demoReason)
		if err != nil {
			return err
		}
		if err := exchange.Grant(tx, trader.ID, account.ID); err != nil {
			return err
		}
		if err := bringIn(tx, account, n); err != nil {
			return err
		}
	}
	return nil
}

// bringIn brings money and securities to an account, and receipts for the goods.
func bringIn(tx *db.Tx, account exchange.Account, n int) error {
	sums := map[string]int64{string(money.KZT): 400_000_000_00}
	if stalls[n] == "visitor" {
		sums[string(money.KZT)] = 5_000_000_00
	}
	for _, l := range listings() {
		switch {
		case l.Kind.Security():
			sums[string(l.Security.ISIN)] = 40_000
			if stalls[n] == "visitor" {
				sums[string(l.Security.ISIN)] = 100
			}
		case l.Goods != nil && stalls[n] != "visitor":
			err := clearing.Lodge(tx, clearing.Receipt{
				ID: fmt.Sprintf("WR-%s-%d", l.Code, n+1), Asset: l.Code, Store: l.Goods.Store, Lot: fmt.Sprint("L", n+1), Quality: l.Goods.Grade["en"],
				Quantity: 5_000_000, Owner: account.Code, Expires: span.MustDay("2099-01-01"),
			})
			if err != nil {
				return err
			}
		}
	}
	for asset, amount := range sums {
		err := clearing.Deposit(tx, clearing.Movement{
			Ref: "demo-" + asset + "-" + account.Code, Place: ledger.Exchange(account.Code), Asset: asset, Amount: amount, Cause: "demonstration",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	marketLife  = 30 * time.Hour   // marketLife is how far back the exchange of the demonstration begins.
	marketEvery = 15 * time.Minute // marketEvery is how often its participants act in that time.
)

// addExchange has the exchange laid out some days before the end, and its participants act from then on.
func (s *sower) addExchange(end time.Time, add func(time.Time, func(context.Context) error)) {
	begin := end.Add(-marketLife)
	add(begin, s.exchange)
	var p *Participants
	for at := begin.Add(marketEvery); at.Before(end); at = at.Add(marketEvery) {
		add(at, func(ctx context.Context) (err error) {
			if p == nil {
				if p, err = NewParticipants(ctx, s.house.Store, 7); err != nil {
					return err
				}
			}
			return p.Act(ctx, s.house.Floor, 3)
		})
	}
}

// seats finds where the participants sit.
func seats(tx *db.Tx) (list []floor.Seat, err error) {
	accounts, err := exchange.Accounts(tx, 0, 100)
	if err != nil {
		return nil, err
	}
	for _, stall := range stalls[:len(stalls)-1] {
		traders, err := exchange.TradersOf(tx, "demo-"+stall)
		if err != nil || len(traders) == 0 {
			return nil, err
		}
		for _, a := range accounts {
			if exchange.MayTrade(tx, traders[0].ID, a.ID) == nil {
				seat, err := floor.SeatOf(tx, "demo-"+stall, a.Code)
				if err != nil {
					return nil, err
				}
				list = append(list, seat)
			}
		}
	}
	return list, nil
}
