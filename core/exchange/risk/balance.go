package risk

// balance is what an account has of one asset.
type balance struct {
	account uint32
	asset   uint32
	settled int64 // settled is what is there.
	due     int64 // due is what trades bring, less what they owe.
	locked  int64 // locked is what of that may not be used before it is settled.
	held    int64 // held is what open orders may cost.
	margin  int64 // margin is what is held for forwards.
	awaits  int64 // awaits is what open orders may bring.
}

// free gives what may be used; it is below zero when something is lacking.
func (b *balance) free() int64 { return b.settled + b.due - b.locked - b.held - b.margin }

// enough says whether that much is free, or why not.
func (b *balance) enough(need int64, lacks Reason) Reason {
	switch free := b.free(); {
	case need <= free:
		return NoReason
	case need <= free+b.locked:
		return Unsettled
	}
	return lacks
}

func balanceKey(account, asset uint32) uint64 { return uint64(account)<<32 | uint64(asset) }

// balance gives the slot of a balance, which need not have been there before.
func (r *Risk) balance(account, asset uint32) int32 {
	key := balanceKey(account, asset)
	slot := r.byBalance.Find(key)
	if slot == 0 {
		slot = int32(len(r.balances))
		r.balances = append(r.balances, balance{account: account, asset: asset})
		r.byBalance.Put(key, slot)
		r.asset(asset)
	}
	return slot
}

// Credit brings an amount to an account: it can be used at once.
func (r *Risk) Credit(account, asset uint32, amount int64) Reason {
	if r.byParty[Account].Find(uint64(account)) == 0 {
		return UnknownAccount
	}
	if amount <= 0 {
		return BadAmount
	}
	var supply, settled, position, awaits int64
	if slot := r.byAsset.Find(uint64(asset)); slot != 0 {
		supply = r.assets[slot].supply
	}
	if slot := r.byBalance.Find(balanceKey(account, asset)); slot != 0 {
		b := &r.balances[slot]
		settled, position, awaits = b.settled, b.settled+b.due, b.awaits
	}
	if amount > most || supply > most-amount || settled > most-amount || position+awaits > most-amount {
		return TooMuch
	}
	r.balances[r.balance(account, asset)].settled += amount
	r.assets[r.asset(asset)].supply += amount
	return NoReason
}

// Debit takes an amount out of an account. More than is free is BuyingPower or Unsettled, and more than is settled is
// NotThere.
func (r *Risk) Debit(account, asset uint32, amount int64) Reason {
	switch {
	case r.byParty[Account].Find(uint64(account)) == 0:
		return UnknownAccount
	case amount <= 0:
		return BadAmount
	}
	b := &r.balances[r.byBalance.Find(balanceKey(account, asset))]
	if why := b.enough(amount, BuyingPower); why != NoReason {
		return why
	}
	if amount > b.settled {
		return NotThere
	}
	b.settled -= amount
	r.assets[r.asset(asset)].supply -= amount
	return NoReason
}

// Settlement is what settles of one asset of one account: the sum of what its trades bring and of what they owe.
type Settlement struct {
	Account  uint32
	Asset    uint32
	Comes    int64
	Goes     int64
	Unlocked int64 // Unlocked is what of Comes was bought without Resale, or is of a sale without Proceeds.
}

// Settled moves what was due into what is settled; in sum the account has what it had. What is delivered must be there,
// otherwise it is NotThere; unlocking more than is locked is NotDue.
func (r *Risk) Settled(s Settlement) Reason {
	b := &r.balances[r.byBalance.Find(balanceKey(s.Account, s.Asset))]
	switch {
	case r.byParty[Account].Find(uint64(s.Account)) == 0:
		return UnknownAccount
	case s.Comes < 0 || s.Goes < 0 || s.Unlocked < 0:
		return BadAmount
	case s.Comes > most || s.Goes > most:
		return TooMuch
	case s.Unlocked > s.Comes || s.Unlocked > b.locked:
		return NotDue
	}
	net := s.Comes - s.Goes
	switch {
	case b.settled+net > most:
		return TooMuch
	case net < 0 && b.settled+net < 0:
		return NotThere
	}
	b = &r.balances[r.balance(s.Account, s.Asset)]
	b.settled += net
	b.due -= net
	b.locked -= s.Unlocked
	return NoReason
}

// Adjustment is what changes of an asset of an account otherwise than by its own orders and trades, and has happened already:
// a penalty, a split, what an issuer has to pay, the variation of a forward, the end of trades with somebody who cannot pay. What
// was bought to be sold only when it is settled, and is now, comes by it too.
type Adjustment struct {
	Account uint32
	Asset   uint32
	There   int64 // There is what comes to what is settled, or below zero goes from it.
	Due     int64 // Due is what trades bring more, or below zero bring less or owe more.
	// Unlocked is how much of what trades brought is locked no longer: at most what is, for what could be sold at once never was.
	Unlocked int64
	Locked   int64 // Locked is how much of what trades bring is locked beside what is: units that a split has made.
}

// Adjust follows what has happened. More may go than is free: what the account then lacks is told by an alarm, as by a bust.
// More than is settled cannot go: that is NotThere. Of an adjustment of several accounts in which what one awaits another owes,
// those come first that get something.
func (r *Risk) Adjust(a Adjustment) Reason {
	switch {
	case r.byParty[Account].Find(uint64(a.Account)) == 0:
		return UnknownAccount
	case a.There == 0 && a.Due == 0 && a.Unlocked == 0 && a.Locked == 0, a.Unlocked < 0, a.Locked < 0:
		return BadAmount
	case max(a.There, -a.There) > most || max(a.Due, -a.Due) > most || a.Locked > most:
		return TooMuch
	}
	b := &r.balances[r.balance(a.Account, a.Asset)]
	of := &r.assets[r.asset(a.Asset)]
	sum := a.There + a.Due
	has := b.settled + b.due
	switch {
	case b.settled+a.There < 0:
		return NotThere
	case b.locked > most-a.Locked:
		return TooMuch
	case b.settled+a.There > most, sum > 0 && (of.supply > most-sum || has+b.awaits > most-sum):
		return TooMuch
	case sum < 0 && (has < -2*most-sum || of.lent > most+sum):
		return TooMuch
	}
	b.settled += a.There
	b.due += a.Due
	b.locked += a.Locked - min(b.locked, a.Unlocked)
	of.supply += sum
	of.lent += max(0, -sum)
	r.warn(r.byBalance.Find(balanceKey(a.Account, a.Asset)))
	return NoReason
}
