package shop

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/shelf"
	"sauda/gear/web"
)

// returnDays is how long goods of good quality can be given back in Kazakhstan: Law on the protection of consumers' rights
// of 2010, art. 30.
const returnDays = 14

// thing is a node of JSON-LD in the words of schema.org.
type thing = map[string]any

// dataOf writes nodes so that no text in them can end the element in which they stand: <, > and & are escaped.
func dataOf(graph thing) string {
	body, err := json.Marshal(graph)
	if err != nil { // Texts always encode.
		panic("shop: " + err.Error())
	}
	return string(body)
}

// describe says to machines what the page of a product shows: the way to it, the product or the group of its variants, what
// each costs, whether it can be ordered, and how it can be given back.
func (s *shown) describe(ctx context.Context, now time.Time) {
	lang := web.Lang(ctx)
	if images := s.images(); len(images) > 0 {
		s.Image = images[0]
	}
	node := s.product(ctx, lang)
	if len(s.Variants) == 1 {
		s.variant(ctx, node, s.Variants[0], now)
	} else {
		node["@type"], node["productGroupID"] = "ProductGroup", string(s.ID)
		var differ []string
		for _, o := range s.Options {
			differ = append(differ, variesBy(o))
		}
		node["variesBy"] = differ
		var variants []any
		for _, v := range s.Variants {
			one := thing{"@type": "Product", "name": strings.TrimSpace(s.page.Title + " " + in(ctx, v.Label))}
			if s.Image != "" {
				one["image"] = s.Image
			}
			s.variant(ctx, one, v, now)
			variants = append(variants, one)
		}
		node["hasVariant"] = variants
	}
	crumbs := append(append([]crumb{}, s.Trail...), crumb{Name: s.page.Title})
	s.Data = dataOf(thing{"@context": "https://schema.org", "@graph": []any{node, s.trail(crumbs)}})
}

// images are the whole addresses of the pictures of the product.
func (s *shown) images() (all []string) {
	for _, m := range s.Media {
		if m.Kind == catalog.MediaImage {
			all = append(all, s.whole(m.URL))
		}
	}
	return all
}

// product is what all variants share.
func (s *shown) product(ctx context.Context, lang string) thing {
	node := thing{"@type": "Product", "name": s.page.Title, "description": s.Description, "url": s.ownIn(lang), "inLanguage": lang}
	if images := s.images(); len(images) > 0 {
		node["image"] = images
	}
	if s.Rating.Count() > 0 {
		node["aggregateRating"] = rated(s.Rating)
	}
	if s.Brand != "" {
		node["brand"] = thing{"@type": "Brand", "name": s.Brand}
	}
	if s.Origin != "" {
		node["countryOfOrigin"] = string(s.Origin)
	}
	var more []any
	for _, a := range s.Attributes {
		more = append(more, thing{"@type": "PropertyValue", "name": label(ctx, a), "value": value(ctx, a)})
	}
	if len(more) > 0 {
		node["additionalProperty"] = more
	}
	return node
}

// variant says what one variant is and costs.
func (s *shown) variant(ctx context.Context, node thing, v catalog.Variant, now time.Time) {
	node["sku"] = v.SKU
	if v.GTIN != "" {
		node["gtin"] = v.GTIN
	}
	for _, o := range s.Options {
		for _, value := range o.Values {
			if name := variesBy(o); value.Code == v.Options[o.Code] && strings.HasPrefix(name, "https://schema.org/") {
				node[strings.TrimPrefix(name, "https://schema.org/")] = in(ctx, value.Name)
			}
		}
	}
	o := s.Offers[v.ID]
	if o.Price.Currency == "" {
		return
	}
	stands := "https://schema.org/OutOfStock"
	switch {
	case !s.sells(v):
	case o.Availability == shelf.InStock:
		stands = "https://schema.org/InStock"
	default:
		stands = "https://schema.org/BackOrder"
	}
	country := string(s.Seller.Country)
	node["offers"] = thing{
		"@type": "Offer", "price": o.Price.Decimal(), "priceCurrency": string(o.Price.Currency), "availability": stands,
		"itemCondition": "https://schema.org/NewCondition", "url": s.ownIn(web.Lang(ctx)) + "?variant=" + string(v.ID),
		"priceValidUntil": span.DayOf(now, span.Almaty).AddDays(1).String(), "seller": thing{"@type": "Organization", "name": in(ctx, s.Seller.Name)},
		"shippingDetails": thing{"@type": "OfferShippingDetails", "shippingDestination": thing{"@type": "DefinedRegion", "addressCountry": country}},
		"hasMerchantReturnPolicy": thing{
			"@type": "MerchantReturnPolicy", "applicableCountry": country, "merchantReturnDays": returnDays,
			"returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
		},
	}
}

// variesBy is the property of schema.org by which variants differ; an option that has none is named as the shop does.
func variesBy(o catalog.Option) string {
	switch code := strings.ToLower(o.Code); code {
	case "size", "color", "material", "pattern":
		return "https://schema.org/" + code
	}
	return o.Code
}

// whole puts the address of the house before a path.
func (p page) whole(address string) string {
	if strings.HasPrefix(address, "/") {
		return p.Base + address
	}
	return address
}

// trail is the way to a page as a BreadcrumbList. The last one is the page itself.
func (p page) trail(way []crumb) thing {
	var items []any
	for i, c := range way {
		item := thing{"@type": "ListItem", "position": i + 1, "name": c.Name}
		if c.To != "" {
			item["item"] = p.Base + c.To
		}
		items = append(items, item)
	}
	return thing{"@type": "BreadcrumbList", "itemListElement": items}
}
