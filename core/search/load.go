package search

import (
	"strings"

	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/search/index"
	"sauda/core/seller"
	"sauda/core/shelf"
	"sauda/gear/db"
)

// stocks are the levels of the index for the words of the shelf.
var stocks = map[shelf.Availability]index.Stock{
	shelf.InStock: index.InStock, shelf.ToOrder: index.ToOrder, shelf.OutOfStock: index.OutOfStock,
}

// surroundings are what products are read with: the tree, and who may not sell.
type surroundings struct {
	tree   *index.Tree
	trails map[catalog.CategoryID][]catalog.Category
	list   []catalog.Category
	closed map[seller.ID]bool
	// offered are the codes of attributes by which the shop wants goods of a category filtered, of those for which it asks.
	offered map[catalog.CategoryID][]string
}

// around reads the surroundings, in three statements.
func around(tx *db.Tx) (s surroundings, err error) {
	if s.list, err = catalog.Tree(tx); err != nil {
		return s, err
	}
	if s.offered, err = catalog.Filterables(tx, s.list); err != nil {
		return s, err
	}
	sellers, err := seller.All(tx)
	if err != nil {
		return s, err
	}
	parents, by := make(map[string]string, len(s.list)), make(map[catalog.CategoryID]catalog.Category, len(s.list))
	s.trails, s.closed = make(map[catalog.CategoryID][]catalog.Category, len(s.list)), make(map[seller.ID]bool)
	for _, c := range s.list {
		parents[string(c.ID)] = string(c.Parent)
		by[c.ID] = c
		for id := range strings.SplitSeq(strings.Trim(c.Path, "/"), "/") {
			s.trails[c.ID] = append(s.trails[c.ID], by[catalog.CategoryID(id)])
		}
	}
	s.tree = index.NewTree(parents)
	for _, x := range sellers {
		if !x.ForSale() {
			s.closed[x.ID] = true
		}
	}
	return s, nil
}

// documents makes documents of those products that are on sale, in three statements.
func documents(tx *db.Tx, products []catalog.Product, s surroundings, currency money.Currency) ([]*index.Document, error) {
	numbers, err := numbersOf(tx, products, currency)
	if err != nil {
		return nil, err
	}
	docs := make([]*index.Document, 0, len(products))
	for _, p := range products {
		if p.State == catalog.StateOnSale && !s.closed[p.Seller] {
			docs = append(docs, Document(p, s.trails[p.Category], numbers[p.ID]))
		}
	}
	return docs, nil
}

// numbersOf gives price, stock and liking of products, in three statements.
func numbersOf(tx *db.Tx, products []catalog.Product, currency money.Currency) (map[catalog.ProductID]index.Numbers, error) {
	summaries, ids := make([]catalog.Summary, len(products)), make([]catalog.ProductID, len(products))
	for i, p := range products {
		summaries[i], ids[i] = p.Summary(), p.ID
	}
	return numbersFor(tx, summaries, ids, currency)
}

func numbersFor(tx *db.Tx, summaries []catalog.Summary, ids []catalog.ProductID, currency money.Currency) (map[catalog.ProductID]index.Numbers, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	cards, err := shelf.Cards(tx, summaries, currency, "")
	if err != nil {
		return nil, err
	}
	liked, err := likings(tx, ids)
	if err != nil {
		return nil, err
	}
	numbers := make(map[catalog.ProductID]index.Numbers, len(cards))
	for _, c := range cards {
		numbers[c.ID] = index.Numbers{Price: c.Price.Minor, Stock: stocks[c.Availability], Popularity: liked[c.ID]}
	}
	return numbers, nil
}
