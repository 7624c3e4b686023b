package office

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountWarehouses(site *web.Site) {
	web.Page(site, "GET /office/warehouses", f.warehouses, web.Needs(ScopeStockRead))
	web.Page(site, "GET /office/warehouses/new", f.newWarehouse, web.Needs(ScopeStockWrite))
	web.Form(site, "POST /office/warehouses/new", f.addWarehouse, web.Needs(ScopeStockWrite))
	web.Page(site, "GET /office/warehouses/{id}", f.warehouse, web.Needs(ScopeStockRead))
	web.Form(site, "POST /office/warehouses/{id}", f.reviseWarehouse, web.Needs(ScopeStockWrite))
	web.Form(site, "POST /office/warehouses/{id}/closing", f.closeWarehouse, web.Needs(ScopeStockWrite))
	web.Form(site, "POST /office/warehouses/{id}/opening", f.openWarehouse, web.Needs(ScopeStockWrite))
}

// warehouses lists the seller's warehouses.
func (f face) warehouses(tx *db.Tx, _ struct{}) (web.View, error) {
	all, err := inventory.Warehouses(tx, sellerOf(tx))
	return warehousesPage(f.page("warehouses", t(tx.Context(), "nav.warehouses")), all), err
}

type warehouseAsk struct {
	ID inventory.WarehouseID `path:"id" maxLength:"60"`
}

// storehouse is one warehouse with its form and what stands in it. Without an id it is a new one.
type storehouse struct {
	form
	Warehouse inventory.Warehouse
	Stocks    []inventory.Stock
	Offers    map[catalog.VariantID]catalog.Offer
	More      bool // More says that more stands there than is shown.
	Last      bool // Last says that no other warehouse of the seller is open.
}

// standingMax is how much of what stands in a warehouse is shown.
const standingMax = 50

// warehouse shows one of the seller's warehouses.
func (f face) warehouse(tx *db.Tx, in warehouseAsk) (web.View, error) {
	h, err := f.storehouse(tx, in.ID)
	if err != nil {
		return nil, err
	}
	h.Values = storedWarehouse(h.Warehouse)
	return warehousePage(f.page("warehouses", h.Warehouse.Name.In(web.Lang(tx.Context()))), h), nil
}

// storehouse loads a warehouse of the actor's seller; another seller's is as unknown as none.
func (f face) storehouse(tx *db.Tx, id inventory.WarehouseID) (storehouse, error) {
	h := storehouse{Last: true}
	all, err := inventory.Warehouses(tx, sellerOf(tx))
	if err != nil {
		return h, err
	}
	for _, w := range all {
		if w.ID == id {
			h.Warehouse = w
		} else if w.Open {
			h.Last = false
		}
	}
	if h.Warehouse.ID == "" {
		return h, inventory.ErrWarehouse.About("%q is none of %s", string(id), sellerOf(tx))
	}
	if h.Stocks, err = inventory.In(tx, id, standingMax+1); err != nil {
		return h, err
	}
	if h.More = len(h.Stocks) > standingMax; h.More {
		h.Stocks = h.Stocks[:standingMax]
	}
	variants := make([]catalog.VariantID, len(h.Stocks))
	for i, s := range h.Stocks {
		variants[i] = s.Variant
	}
	h.Offers, err = catalog.Offers(tx, variants)
	return h, err
}

// storedWarehouse gives the fields of the form as the warehouse is stored.
func storedWarehouse(w inventory.Warehouse) url.Values {
	v := url.Values{}
	for _, l := range text.Languages {
		v.Set("name_"+l, w.Name[l])
	}
	a := w.Address
	for name, value := range map[string]string{
		"country": string(a.Country), "region": string(a.Region), "district": a.District, "city": a.City, "postcode": a.Postcode,
		"street": a.Street, "house": a.House, "phone": a.Phone, "priority": number(w.Priority),
	} {
		v.Set(name, value)
	}
	return v
}

// newWarehouse shows an empty form.
func (f face) newWarehouse(tx *db.Tx, _ struct{}) (web.View, error) {
	h := storehouse{form: form{Values: url.Values{"country": {string(place.KZ)}, "priority": {"0"}}}}
	return warehousePage(f.page("warehouses", t(tx.Context(), "warehouses.add")), h), nil
}

type newWarehouseForm struct{ web.Typed }

// addWarehouse opens a warehouse of the seller.
func (f face) addWarehouse(tx *db.Tx, in newWarehouseForm) (web.Then, error) {
	h := storehouse{form: form{Values: in.Values}}
	w, ok := h.read(tx.Context())
	w.Seller = sellerOf(tx)
	var err error
	if ok {
		if w, err = inventory.AddWarehouse(tx, w); err == nil {
			return see(warehouseAddress(w.ID), "added"), nil
		}
	}
	return f.warehouseAgain(tx, t(tx.Context(), "warehouses.add"), h, err)
}

type warehouseForm struct {
	web.Typed
	ID inventory.WarehouseID `path:"id" maxLength:"60"`
}

// reviseWarehouse gives a warehouse another name, address and place among the others.
func (f face) reviseWarehouse(tx *db.Tx, in warehouseForm) (web.Then, error) {
	h, err := f.storehouse(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	h.Values = in.Values
	w, ok := h.read(tx.Context())
	if ok {
		if err = inventory.ReviseWarehouse(tx, w); err == nil {
			return see(warehouseAddress(in.ID), "saved"), nil
		}
	}
	return f.warehouseAgain(tx, h.Warehouse.Name.In(web.Lang(tx.Context())), h, err)
}

func warehouseAddress(id inventory.WarehouseID) string {
	return "warehouses/" + url.PathEscape(string(id))
}

// read reads the fields over what is stored, so that what the form does not show stays, and marks those that cannot be
// read.
func (h *storehouse) read(ctx context.Context) (inventory.Warehouse, bool) {
	w, v := h.Warehouse, h.Values
	h.Wrong = map[string]string{}
	if hasControl(v) {
		h.Wrong["name_kk"] = said(ctx, fault.Say("Leave out characters that cannot be seen."))
		return w, false
	}
	name := readLocalized(v, "name")
	for lang, words := range w.Name {
		if _, typed := name[lang]; !typed && !v.Has("name_"+lang) {
			name[lang] = words
		}
	}
	w.Name = name
	for field, into := range map[string]*string{
		"district": &w.Address.District, "city": &w.Address.City, "postcode": &w.Address.Postcode, "street": &w.Address.Street,
		"house": &w.Address.House, "phone": &w.Address.Phone,
	} {
		*into = clean(v.Get(field))
	}
	w.Address.Country, w.Address.Region = place.Country(v.Get("country")), place.Region(v.Get("region"))
	if w.Address.Country != place.KZ {
		w.Address.Region = "" // The list has the regions of Kazakhstan only.
	}
	priority, err := strconv.ParseInt(clean(v.Get("priority")), 10, 32)
	if err != nil || priority < 0 {
		h.Wrong["priority"] = said(ctx, fault.Say("Write a whole number that is not below zero."))
	}
	w.Priority = priority
	return w, len(h.Wrong) == 0
}

// warehouseAgain shows the form with what was typed and what is wrong.
func (f face) warehouseAgain(tx *db.Tx, title string, h storehouse, err error) (web.Then, error) {
	if err != nil && !mendable(err) {
		return web.Then{}, err
	}
	h.note(tx.Context(), err, warehouseField)
	p := f.page("warehouses", title)
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil && len(h.Wrong) == 0 {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(warehousePage(p, h)), nil
}

// warehouseField gives the field of the form that a pointer means.
func warehouseField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch {
	case parts[0] == "name" && len(parts) > 1:
		return "name_" + parts[1]
	case parts[0] == "name":
		return "name_kk"
	}
	return parts[len(parts)-1]
}

// closeWarehouse takes an empty warehouse out of use. One that is not empty stays open, and its page says why.
func (f face) closeWarehouse(tx *db.Tx, in warehouseAsk) (web.Then, error) {
	h, err := f.storehouse(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if err = inventory.Close(tx, in.ID); err == nil {
		return see(warehouseAddress(in.ID), "closed"), nil
	}
	h.Values = storedWarehouse(h.Warehouse)
	if !mendable(err) {
		return web.Then{}, err
	}
	p := f.page("warehouses", h.Warehouse.Name.In(web.Lang(tx.Context())))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(warehousePage(p, h)), nil
}

// openWarehouse takes a closed warehouse into use again.
func (f face) openWarehouse(tx *db.Tx, in warehouseAsk) (web.Then, error) {
	if err := ownWarehouse(tx, sellerOf(tx), in.ID); err != nil {
		return web.Then{}, err
	}
	return see(warehouseAddress(in.ID), "opened"), inventory.Reopen(tx, in.ID)
}

// opened names whether a warehouse is open, for its badge.
func opened(w inventory.Warehouse) string {
	if w.Open {
		return "open"
	}
	return "closed"
}

// addressLine is an address on one line.
func addressLine(ctx context.Context, a place.Address) string {
	return strings.Join(a.Lines(web.Lang(ctx)), ", ")
}

// warehouseForms is where the form of a warehouse goes.
func warehouseForms(ctx context.Context, h storehouse) templ.SafeURL {
	return to(ctx, "warehouses", cmp.Or(string(h.Warehouse.ID), "new"))
}
