package inventory_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/place"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/seller"
)

var (
	almaty  = place.Address{Country: place.KZ, Region: place.Almaty, City: "Алматы"}
	talgar  = place.Address{Country: place.KZ, Region: "190000000", City: "Талғар"}
	konaev  = place.Address{Country: place.KZ, Region: "190000000", City: "Қонаев"}
	astana  = place.Address{Country: place.KZ, Region: place.Astana, City: "Астана"}
	bishkek = place.Address{Country: place.KG, City: "Бішкек"}
)

func house(id inventory.WarehouseID, at place.Address, priority int64) inventory.Warehouse {
	return inventory.Warehouse{ID: id, Seller: seller.Own, Address: at, Priority: priority, Open: true}
}

func need(line string, v catalog.VariantID, n int64) inventory.Need {
	return inventory.Need{Line: line, Seller: seller.Own, Variant: v, Quantity: units(n), Tracking: catalog.Tracked}
}

func shelf(w inventory.WarehouseID, v catalog.VariantID, onHand int64) inventory.Stock {
	return inventory.Stock{Warehouse: w, Variant: v, Key: inventory.Key(w, v), OnHand: units(onHand)}
}

func TestAssign(t *testing.T) {
	houses := []inventory.Warehouse{house("ast", astana, 1), house("alm", almaty, 2), house("kon", konaev, 0), house("bis", bishkek, 9)}
	closed := house("shut", almaty, -5)
	closed.Open = false
	foreign := house("other", almaty, -9)
	foreign.Seller = "sel_other"
	houses = append(houses, closed, foreign)
	ahead := shelf("alm", "pen", 0)
	ahead.Beyond = units(10)
	loose := need("l9", "ebook", 1)
	loose.Tracking = ""
	for _, c := range []struct {
		name   string
		to     place.Address
		needs  []inventory.Need
		stocks []inventory.Stock
		want   string
	}{
		{"the same city first", almaty, []inventory.Need{need("l1", "pen", 1)},
			[]inventory.Stock{shelf("ast", "pen", 9), shelf("alm", "pen", 9), shelf("kon", "pen", 9)}, "l1:alm:1"},
		{"then the same region", talgar, []inventory.Need{need("l1", "pen", 1)},
			[]inventory.Stock{shelf("ast", "pen", 9), shelf("alm", "pen", 9), shelf("kon", "pen", 9)}, "l1:kon:1"},
		{"then the country and the priority", place.Address{Country: place.KZ, Region: "110000000"}, []inventory.Need{need("l1", "pen", 1)},
			[]inventory.Stock{shelf("ast", "pen", 9), shelf("alm", "pen", 9), shelf("bis", "pen", 9)}, "l1:ast:1"},
		{"one parcel before nearness", almaty, []inventory.Need{need("l1", "pen", 1), need("l2", "ink", 1)},
			[]inventory.Stock{shelf("alm", "pen", 9), shelf("ast", "pen", 9), shelf("ast", "ink", 9)}, "l1:ast:1 l2:ast:1"},
		{"two parcels", almaty, []inventory.Need{need("l1", "pen", 1), need("l2", "ink", 1)},
			[]inventory.Stock{shelf("alm", "pen", 9), shelf("ast", "ink", 9)}, "l1:alm:1 l2:ast:1"},
		{"a line is split", almaty, []inventory.Need{need("l1", "pen", 10)},
			[]inventory.Stock{shelf("alm", "pen", 7), shelf("ast", "pen", 9)}, "l1:alm:7 l1:ast:3"},
		{"two lines of one variant", almaty, []inventory.Need{need("l1", "pen", 5), need("l2", "pen", 5)},
			[]inventory.Stock{shelf("alm", "pen", 7), shelf("ast", "pen", 9)}, "l1:alm:5 l2:ast:5"},
		{"the shelf before the order ahead", almaty, []inventory.Need{need("l1", "pen", 3)},
			[]inventory.Stock{ahead, shelf("bis", "pen", 3)}, "l1:bis:3"},
		{"ordered ahead", almaty, []inventory.Need{need("l1", "pen", 4)},
			[]inventory.Stock{ahead, shelf("bis", "pen", 3)}, "l1:alm:4"},
		{"not tracked goes along", almaty, []inventory.Need{loose, need("l1", "pen", 1)},
			[]inventory.Stock{shelf("ast", "pen", 3)}, "l1:ast:1 l9:ast:1"},
		{"not tracked alone", almaty, []inventory.Need{loose}, nil, "l9:alm:1"},
	} {
		got, err := inventory.Assign(c.needs, houses, c.stocks, c.to)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s := written(got); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
	}
	_, err := inventory.Assign([]inventory.Need{need("l1", "pen", 5)}, houses, []inventory.Stock{shelf("alm", "pen", 2), shelf("shut", "pen", 9)}, almaty)
	if params := fault.ParamsOf(err); !errors.Is(err, hold.ErrSoldOut) || params["left"] != int64(units(2)) || params["line"] != "l1" {
		t.Errorf("too little: %v %v", err, params)
	}
	lost := need("l1", "pen", 1)
	lost.Seller = "sel_none"
	if _, err := inventory.Assign([]inventory.Need{lost}, houses, nil, almaty); !errors.Is(err, inventory.ErrNowhere) {
		t.Errorf("no warehouse: %v", err)
	}
}

func written(all []inventory.Allocation) string {
	s := ""
	for n, a := range all {
		if n > 0 {
			s += " "
		}
		s += fmt.Sprintf("%s:%s:%s", a.Line, a.Warehouse, a.Quantity)
	}
	return s
}

// TestAssignAlways checks what holds for every assignment: each line gets what it asked, no shelf gives more than it has,
// one warehouse is enough when one has everything, and only true shortage is refused.
func TestAssignAlways(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		variants := []catalog.VariantID{"a", "b", "c"}
		var houses []inventory.Warehouse
		var stocks []inventory.Stock
		free, total := map[string]measure.Quantity{}, map[catalog.VariantID]measure.Quantity{}
		for n := range rapid.IntRange(1, 4).Draw(r, "houses") {
			id := inventory.WarehouseID(fmt.Sprint("w", n))
			houses = append(houses, house(id, rapid.SampledFrom([]place.Address{almaty, astana, konaev}).Draw(r, "at"), int64(n)))
			for _, v := range variants {
				s := shelf(id, v, rapid.Int64Range(0, 4).Draw(r, "on hand"))
				stocks = append(stocks, s)
				free[s.Key] = s.OnHand
				total[v] += s.OnHand
			}
		}
		var needs []inventory.Need
		asked := map[catalog.VariantID]measure.Quantity{}
		for n := range rapid.IntRange(1, 5).Draw(r, "lines") {
			l := need(fmt.Sprint("l", n), rapid.SampledFrom(variants).Draw(r, "variant"), rapid.Int64Range(1, 4).Draw(r, "asked"))
			needs = append(needs, l)
			asked[l.Variant] += l.Quantity
		}
		short := asked["a"] > total["a"] || asked["b"] > total["b"] || asked["c"] > total["c"]
		got, err := inventory.Assign(needs, houses, stocks, almaty)
		if short != errors.Is(err, hold.ErrSoldOut) || (err != nil && !short) {
			r.Fatalf("short %v, but %v", short, err)
		}
		if short {
			return
		}
		given, used := map[string]measure.Quantity{}, map[inventory.WarehouseID]bool{}
		for _, a := range got {
			given[a.Line] += a.Quantity
			used[a.Warehouse] = true
			if free[a.Key] -= a.Quantity; free[a.Key] < 0 || a.Quantity <= 0 {
				r.Fatalf("%s gives more than it has: %v", a.Key, got)
			}
		}
		for _, n := range needs {
			if given[n.Line] != n.Quantity {
				r.Fatalf("line %s gets %s of %s", n.Line, given[n.Line], n.Quantity)
			}
		}
		for _, w := range houses {
			enough := true
			for _, s := range stocks {
				enough = enough && (s.Warehouse != w.ID || s.OnHand >= asked[s.Variant])
			}
			if enough && len(used) > 1 {
				r.Fatalf("%s has everything, but %v send", w.ID, used)
			}
		}
	})
}
