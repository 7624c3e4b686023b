package auction

// MatchAt trades at a price that stands: at the close after the closing auction, or what an auction has left open at its
// price. Whoever takes that price trades, by the priority of the rule; nothing is traded at any other. The price does not
// depend on the orders, so only Ticks, Markets (but for MarketsWhole) and Sharing of the rule mean something here.
//
// What can't be counted is refused as in Uncross. Where one side is missing, the outcome is Apart.
func MatchAt(price int64, orders []Order, rule Rule) (Result, error) {
	if err := rule.Check(); err != nil {
		return Result{}, err
	}
	if err := rule.Ticks.check(price); err != nil {
		return Result{}, err
	}
	b, err := freeze(orders, rule)
	if err != nil {
		return Result{}, err
	}
	r := Result{Indication: Indication{Bid: b.buys.best(), Ask: b.sells.best()}, Fills: make([]int64, len(orders))}
	demand, supply := b.buys.at(price), b.sells.at(price)
	if min(demand, supply) == 0 {
		return r, nil
	}
	r.Outcome, r.Price, r.Volume, r.Surplus = Struck, price, min(demand, supply), demand-supply
	if err := countable(r.Price, r.Volume); err != nil {
		return Result{}, err
	}
	b.serve(orders, &r, rule.Sharing)
	return r, nil
}
