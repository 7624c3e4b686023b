package office

// What the tests hold the texts to.
var (
	Deeds   = deeds
	Regimes = regimes
	Menu    = menu
)
