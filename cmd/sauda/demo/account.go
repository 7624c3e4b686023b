package demo

// Account is somebody who can sign in to the demonstration with Password.
type Account struct {
	Email  string
	Lang   string
	Duty   string // Duty is what somebody does in the shop, in the language that was asked for; empty for a buyer.
	Scopes []string
}

// Accounts gives those who work in the shop, and those who buy there with an account.
func Accounts(lang string) (office, buyers []Account, err error) {
	c, err := read()
	if err != nil {
		return nil, nil, err
	}
	for _, p := range c.People {
		office = append(office, Account{Email: p.Email, Lang: p.Lang, Duty: p.Duty.In(lang), Scopes: p.Scopes})
	}
	for n, b := range c.Buyers {
		if !guest(n) {
			buyers = append(buyers, Account{Email: b.Email, Lang: b.Lang})
		}
	}
	return office, buyers, nil
}

// guest says which buyers like to stay without an account: one in four.
func guest(n int) bool { return n%4 == 2 }
