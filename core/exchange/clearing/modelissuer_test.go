package clearing_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/clearing"
)

// holders gives who has an asset, by name.
func (m *model) holders(asset string) (who []string) {
	for _, name := range slices.Sorted(maps.Keys(m.has)) {
		place, of, _ := strings.Cut(name, " ")
		if account, ok := strings.CutPrefix(place, "exchange/"); ok && of == asset && m.has[name] > 0 {
			who = append(who, account)
		}
	}
	slices.Sort(who)
	return who
}

// share divides a total by weights: everybody his whole part, then one more to the largest remainders, who comes first.
func share(total int64, weights []int64) []int64 {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	parts, order := make([]int64, len(weights)), make([]int, len(weights))
	left := total
	for i, w := range weights {
		parts[i], order[i] = total*w/sum, i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(total*weights[b]%sum, total*weights[a]%sum) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// dividend pays who holds an asset now, from acc_i, and makes what late sellers owe due.
func (m *model) dividend(ref, asset string, amount, per int64, day span.Day) {
	who := m.holders(asset)
	var units int64
	weights := make([]int64, len(who))
	for i, account := range who {
		weights[i] = m.has["exchange/"+account+" "+asset]
		units += weights[i]
	}
	for i, part := range share(units*amount/per, weights) {
		m.pass("exchange/acc_i", "exchange/"+who[i], "KZT", part)
	}
	for _, id := range m.ids() {
		c := m.trades[id]
		if c.Asset == asset && c.open > 0 && (c.fails > 0 || !day.Before(c.due)) {
			if owed := (2*c.open*amount + per) / (2 * per); owed > 0 {
				m.debts = append(m.debts, &debt{
					fmt.Sprintf("claim:%s:%d", ref, id), "exchange/" + c.Seller, "exchange/" + c.Buyer, "KZT", owed, 0, day, id, "due",
				})
			}
		}
	}
}

// split gives fresh units for old ones.
func (m *model) split(ref, asset string, fresh, old, price int64, day span.Day) {
	var rests, weights []int64
	var late []string
	for _, account := range m.holders(asset) {
		had := m.has["exchange/"+account+" "+asset]
		m.pass("exchange-house/vault", "exchange/"+account, asset, had*fresh/old-had)
		if rest := had * fresh % old; rest > 0 {
			rests, late = append(rests, rest), append(late, account)
			weights = append(weights, rest)
		}
	}
	var sum int64
	for _, r := range rests {
		sum += r
	}
	for i, part := range share((2*sum*price+old)/(2*old), weights) {
		m.pass("exchange/acc_i", "exchange/"+late[i], "KZT", part)
	}
	for _, id := range m.ids() {
		c := m.trades[id]
		if c.Asset != asset {
			continue
		}
		if c.split = true; c.open == 0 {
			continue
		}
		owe := func(name, from, to string, n int64) {
			if n > 0 {
				m.debts = append(m.debts, &debt{fmt.Sprintf("%s:%s:%d", name, ref, id), "exchange/" + from, "exchange/" + to, "KZT", n, 0, day, id, "due"})
			}
		}
		owe("fraction", c.Seller, c.Buyer, (2*(c.open*fresh%old)*price+old)/(2*old))
		if c.open = c.open * fresh / old; c.open == 0 {
			owe("rest", c.Buyer, c.Seller, c.owed)
			c.owed, c.state = 0, "closed"
		}
	}
}

// fall closes out an account: its losses run down the waterfall.
func (m *model) fall(account, member string, prices map[string]int64, day span.Day) *fault.Fault {
	before := maps.Clone(m.has)
	own := "exchange/" + account
	var loss int64
	lose := func(to string, n int64) {
		m.has[to+" KZT"] += n
		loss += n
	}
	var gains []*debt
	for _, id := range m.ids() {
		c := m.trades[id]
		if c.open == 0 || (c.Buyer != account && c.Seller != account) {
			continue
		}
		other, lost := c.Buyer, c.open*prices[c.Asset]-c.owed
		if c.Buyer == account {
			other, lost = c.Seller, -lost
		}
		if lost > 0 {
			lose("exchange/"+other, lost)
		} else if lost < 0 {
			gains = append(gains, &debt{
				fmt.Sprintf("gain:dft:exchange/%s:%s:%d", other, own, id), "exchange/" + other, own, "KZT", -lost, 0, day, id, "due",
			})
		}
	}
	var toHouse, paid []*debt
	for _, d := range m.owes(span.MustDay("9999-01-01")) {
		switch {
		case d.payer != own:
		case strings.HasPrefix(d.payee, "exchange-house"):
			toHouse = append(toHouse, d)
		default:
			lose(d.payee, d.amount)
			paid = append(paid, d)
		}
	}
	for _, from := range []string{own, "exchange-margin/" + account, "exchange-fund/" + member, "exchange-house/capital"} {
		n := min(loss, max(0, m.has[from+" KZT"]))
		m.has[from+" KZT"] -= n
		loss -= n
	}
	if !m.others(member, loss) {
		m.has = before
		return clearing.ErrUncovered
	}
	for _, d := range toHouse {
		secured := "exchange-margin/" + account
		if d.state = "gone"; m.has[own+" KZT"]+m.has[secured+" KZT"] >= d.amount {
			m.pass(secured, own, "KZT", max(0, d.amount-m.has[own+" KZT"]))
			m.pay(d, 1)
			d.state = "paid"
		}
	}
	for _, d := range paid {
		d.state = "paid"
	}
	for _, id := range m.ids() {
		if c := m.trades[id]; c.open > 0 && (c.Buyer == account || c.Seller == account) {
			c.open, c.owed, c.state = 0, 0, "closed"
		}
	}
	m.debts = append(m.debts, gains...)
	return nil
}

// others pays a loss from the shares of all other members, if they reach.
func (m *model) others(member string, loss int64) bool {
	var places []string
	var weights []int64
	var sum int64
	for _, name := range slices.Sorted(maps.Keys(m.has)) {
		place, _, _ := strings.Cut(name, " ")
		if strings.HasPrefix(place, "exchange-fund/") && place != "exchange-fund/"+member && m.has[name] > 0 {
			places, weights = append(places, name), append(weights, m.has[name])
			sum += m.has[name]
		}
	}
	if loss == 0 || sum < loss {
		return loss == 0
	}
	for i, part := range share(loss, weights) {
		m.has[places[i]] -= part
	}
	return true
}
