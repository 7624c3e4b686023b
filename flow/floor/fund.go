package floor

import (
	"encoding/json"

	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// KindFund pays a part of a member's share in the default fund out: the subject is the member, the body a ShareOut.
const KindFund exchange.ProposalKind = "floor.fund"

// ShareOut is what shall leave a share in the default fund.
type ShareOut struct {
	Asset  string `json:"asset"`
	Amount int64  `json:"amount"`
}

// Shares gives what a member has in the default fund, by asset; what is empty is left out.
func Shares(tx *db.Tx, code string) (map[string]int64, error) {
	all, err := ledger.Balances(tx, ledger.ExchangeFund(code))
	has := make(map[string]int64)
	for _, s := range all {
		if n := -s.Balance(); n > 0 && s.Account == ledger.ExchangeFund(code) {
			has[s.Asset] = n
		}
	}
	return has, err
}

// ProposeShareOut proposes to pay a part of a member's share in the default fund out; another person confirms. More than there is
// is clearing.ErrShort, and of a member that is not active nothing leaves: exchange.ErrStanding.
func ProposeShareOut(tx *db.Tx, member exchange.MemberID, s ShareOut, why exchange.Reason) (exchange.Proposal, error) {
	m, err := payable(tx, string(member))
	if err != nil {
		return exchange.Proposal{}, err
	}
	has, err := Shares(tx, m.Code)
	if err != nil {
		return exchange.Proposal{}, err
	}
	switch {
	case s.Amount <= 0:
		return exchange.Proposal{}, clearing.ErrMovement.About("%+v", s)
	case has[s.Asset] < s.Amount:
		return exchange.Proposal{}, clearing.ErrShort.About("%s has %d %s in the fund, not %d", m.Code, has[s.Asset], s.Asset, s.Amount)
	}
	return exchange.Propose(tx, KindFund, exchange.Subject(member), s, why)
}

// payable gives a member whose share may leave: after a default, or while it is stopped, it stands for what is lost.
func payable(tx *db.Tx, id string) (exchange.Member, error) {
	m, err := exchange.GetMember(tx, id)
	if err == nil && m.State != exchange.StateActive {
		err = exchange.ErrStanding.About("%s is %s", m.Code, m.State)
	}
	return m, err
}

// payShare pays out what two people have decided. Told twice it is paid once; what is not there any more is refused, and stands as
// the reason of the decision's story.
func payShare(tx *db.Tx, e exchange.Confirmed) error {
	var s ShareOut
	if err := json.Unmarshal(e.Body, &s); err != nil {
		return exchange.ErrInvalid.About("%s: %w", e.Proposal, err)
	}
	m, err := payable(tx, string(e.Subject))
	if err != nil {
		return err
	}
	return clearing.Withdraw(tx, clearing.Movement{
		Ref: "fund:" + string(e.Proposal), Place: ledger.ExchangeFund(m.Code), Asset: s.Asset, Amount: s.Amount, Cause: string(e.Proposal),
	})
}
