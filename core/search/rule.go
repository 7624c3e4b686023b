package search

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/search/searchdb"
	"sauda/gear/db"
)

// AddRule adds a rule. The index of every node knows it within a second. A query has one curated answer and one redirect;
// another is ErrTaken.
func AddRule(tx *db.Tx, r Rule) (Rule, error) {
	r, body, err := r.ready(tx)
	if err != nil {
		return Rule{}, err
	}
	r.ID, r.Added = RuleID(tx.Mint("srl")), tx.Now()
	err = searchdb.New(tx).InsertRule(tx.Context(), searchdb.InsertRuleParams{ID: string(r.ID), Kind: string(r.Kind),
		Added: span.Micros(tx.Now()), Body: body})
	if err != nil {
		return Rule{}, err
	}
	return r, tx.Emit(RuleSet{Rule: r.ID, Kind: r.Kind})
}

// ReviseRule puts what a rule says in the place of what it said. One that was taken away is ErrUnknown.
func ReviseRule(tx *db.Tx, r Rule) (Rule, error) {
	revised, body, err := r.ready(tx)
	if err != nil {
		return Rule{}, err
	}
	rows, err := searchdb.New(tx).ReviseRule(tx.Context(), searchdb.ReviseRuleParams{ID: string(r.ID), Kind: string(r.Kind), Body: body})
	if err != nil {
		return Rule{}, err
	}
	if rows == 0 {
		return Rule{}, ErrUnknown.About("%s %.60s", r.Kind, r.ID)
	}
	return revised, tx.Emit(RuleSet{Rule: r.ID, Kind: r.Kind})
}

// ready gives a rule as it is stored, with its body, when there is room for it among the others and its query is free.
func (r Rule) ready(tx *db.Tx) (Rule, string, error) {
	tx.Strict() // Two at once could be one too many.
	c, err := r.cleaned()
	if err != nil {
		return Rule{}, "", err
	}
	c.ID, c.Added = r.ID, r.Added
	all, err := Rules(tx, "")
	if err != nil {
		return Rule{}, "", err
	}
	others := slices.DeleteFunc(all, func(x Rule) bool { return x.ID == r.ID && r.ID != "" })
	if len(others) >= RulesMax {
		return Rule{}, "", ErrRules.About("%d rules", len(others))
	}
	for _, x := range others {
		if c.Query != "" && x.Kind == c.Kind && x.Query == c.Query {
			return Rule{}, "", ErrTaken.About("%q by %s", c.Query, x.ID)
		}
	}
	body, err := json.Marshal(c)
	return c, string(body), err
}

// DropRule takes a rule away. One that is gone already is ErrUnknown. RestoreRule puts it back.
func DropRule(tx *db.Tx, kind Kind, id RuleID) error {
	rows, err := searchdb.New(tx).DropRule(tx.Context(), searchdb.DropRuleParams{ID: string(id), Kind: string(kind), Dropped: span.Micros(tx.Now())})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrUnknown.About("%s %.60s", kind, id)
	}
	return tx.Emit(RuleDropped{Rule: id, Kind: kind})
}

// RestoreRule puts back a rule that was taken away, if nothing has its place by now. One that counts, or that was
// forgotten, is ErrUnknown.
func RestoreRule(tx *db.Tx, kind Kind, id RuleID) (Rule, error) {
	rows, err := searchdb.New(tx).DroppedRule(tx.Context(), searchdb.DroppedRuleParams{ID: string(id), Kind: string(kind)})
	if err != nil {
		return Rule{}, err
	}
	if len(rows) == 0 {
		return Rule{}, ErrUnknown.About("%s %.60s", kind, id)
	}
	r, err := ruleOf(searchdb.RulesRow(rows[0]))
	if err != nil {
		return Rule{}, err
	}
	if r, _, err = r.ready(tx); err != nil {
		return Rule{}, err
	}
	n, err := searchdb.New(tx).RestoreRule(tx.Context(), searchdb.RestoreRuleParams{ID: string(id), Kind: string(kind)})
	if err != nil {
		return Rule{}, err
	}
	if n == 0 {
		return Rule{}, ErrUnknown.About("%s %.60s", kind, id)
	}
	return r, tx.Emit(RuleSet{Rule: id, Kind: kind})
}

// Rules gives the rules of a kind that count, or all of them for the empty kind, in the order of their ids.
func Rules(tx *db.Tx, kind Kind) ([]Rule, error) {
	q := searchdb.New(tx)
	if kind == "" {
		rows, err := q.Rules(tx.Context())
		return rulesOf(rows, err)
	}
	rows, err := q.RulesOfKind(tx.Context(), string(kind))
	return rulesOf(rows, err)
}

// Get gives a rule that counts; another is ErrUnknown.
func Get(tx *db.Tx, kind Kind, id RuleID) (Rule, error) {
	rows, err := searchdb.New(tx).RuleByID(tx.Context(), searchdb.RuleByIDParams{ID: string(id), Kind: string(kind)})
	if err != nil {
		return Rule{}, err
	}
	if len(rows) == 0 {
		return Rule{}, ErrUnknown.About("%s %.60s", kind, id)
	}
	return ruleOf(searchdb.RulesRow(rows[0]))
}

// Dropped gives the rules of a kind that were taken away last, at most so many.
func Dropped(tx *db.Tx, kind Kind, limit int) ([]Rule, error) {
	rows, err := searchdb.New(tx).DroppedRules(tx.Context(), searchdb.DroppedRulesParams{Kind: string(kind), Page: int64(limit)})
	return rulesOf(rows, err)
}

// ForgetRules deletes up to so many rules that were taken away before an instant, and says how many.
func ForgetRules(tx *db.Tx, before time.Time, limit int) (int, error) {
	n, err := searchdb.New(tx).ForgetRules(tx.Context(), searchdb.ForgetRulesParams{Before: span.Micros(before), Page: int64(limit)})
	return int(n), err
}

// row is a rule as each statement gives it.
type row interface {
	searchdb.RulesRow | searchdb.RulesOfKindRow | searchdb.DroppedRulesRow
}

func rulesOf[R row](rows []R, err error) ([]Rule, error) {
	if err != nil {
		return nil, err
	}
	rules := make([]Rule, 0, len(rows))
	for _, x := range rows {
		r, err := ruleOf(searchdb.RulesRow(x))
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func ruleOf(row searchdb.RulesRow) (Rule, error) {
	var r Rule
	if err := json.Unmarshal([]byte(row.Body), &r); err != nil {
		return Rule{}, err
	}
	r.ID, r.Kind, r.Added = RuleID(row.ID), Kind(row.Kind), span.FromMicros(row.Added)
	return r, nil
}

// cleaned gives a rule as it is stored: with the fields of its kind only.
func (r Rule) cleaned() (Rule, error) {
	c := Rule{Kind: r.Kind}
	var wrong []fault.Field
	when := func(bad bool, pointer string, said fault.Sentence) {
		if bad {
			wrong = append(wrong, said.At(pointer))
		}
	}
	switch r.Kind {
	case Synonym:
		c.OneWay = r.OneWay
		for i, w := range r.Words {
			w, err := text.Clean(w)
			when(err != nil || w == "" || text.Limit(w, QueryMax) != nil || len(Slots(w, "")) == 0, "/words/"+strconv.Itoa(i), fault.Say("Write a word or a few."))
			c.Words = append(c.Words, w)
		}
		when(len(r.Words) < 2 || len(r.Words) > WordsMax, "/words", fault.Say("Give from 2 to {most} words.").With("most", WordsMax))
	case Boost:
		c.Name, c.Filter, c.PerMille = r.Name, strings.TrimSpace(r.Filter), r.PerMille
		when(r.Name.CheckFilled(QueryMax) != nil, "/name", fault.Say("Write what buyers read about it, in at least one language."))
		filters, err := ParseFilters(c.Filter)
		when(err != nil || len(filters) == 0, "/filter", fault.Say("Write which goods are meant, such as origin:KZ."))
		when(r.PerMille == 0 || r.PerMille > BoostMax || r.PerMille < BoostMin, "/per_mille", fault.Say("Give a number from {least} to {most}, and not 0.").With("least", BoostMin).With("most", BoostMax))
	case Curated, Redirect:
		c.Query = Words(r.Query)
		when(c.Query == "" || text.Limit(r.Query, QueryMax) != nil, "/query", fault.Say("Write the query that is meant."))
		if r.Kind == Curated {
			c.Pinned, c.Hidden = slices.Compact(slices.Clone(r.Pinned)), slices.Compact(slices.Clone(r.Hidden))
			when(len(r.Pinned)+len(r.Hidden) == 0 || len(r.Pinned) > CuratedMax || len(r.Hidden) > CuratedMax, "/pinned", fault.Say("Name from 1 to {most} products.").With("most", CuratedMax))
			break
		}
		c.To = r.To
		when(!strings.HasPrefix(r.To, "/") || strings.HasPrefix(r.To, "//") || strings.Contains(r.To, `\`) || len(r.To) > catalogURLMax, "/to", fault.Say("Write a path of this shop that begins with a slash."))
	default:
		when(true, "/kind", fault.Say("Choose synonym, boost, curated or redirect."))
	}
	return c, ErrRule.Fields(wrong...)
}

// catalogURLMax bounds where a redirect leads, in bytes.
const catalogURLMax = 500

// Words gives a query in the form in which two of them are compared and counted: small letters, one blank between words.
func Words(query string) string { return strings.Join(strings.Fields(text.Fold(query)), " ") }
