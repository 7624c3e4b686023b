package office

// What the tests hold the texts to.
var (
	Deeds   = deeds
	Regimes = regimes
	Menu    = menu
)

// ImportFields are the fields that have a name of their own.
var ImportFields = importFields
