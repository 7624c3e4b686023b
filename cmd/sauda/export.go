package main

import (
	"context"
	"errors"
	"io"
	"os"

	"sauda/app"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/flow/feeds"
)

// exportCommand brings goods out.
type exportCommand struct {
	place `embed:""`

	Format   feeds.Format `arg:"" help:"csv, xlsx, magento, shopify, yml, kaspi or google."`
	File     string       `arg:"" optional:"" help:"File to write; the standard output when it is not given." default:"-"`
	Seller   string       `help:"Whose goods." default:"sel_own"`
	State    string       `help:"Which goods: any, draft, on_sale or ended." enum:"any,draft,on_sale,ended" default:"any"`
	Currency string       `help:"Currency of the prices." default:"KZT"`
	TextLang string       `help:"Language of forms that have one." enum:"kk,ru,en,zh" default:"ru"`
	Base     string       `help:"What stands before addresses, such as https://shop.example." placeholder:"URL"`
	Name     string       `help:"What the shop is called in the file." default:"Sauda"`
	Merchant string       `help:"The sign of the seller at Kaspi." placeholder:"ID"`
}

// Run writes the file, whole or not at all.
func (c *exportCommand) Run(ctx context.Context) error {
	return c.opened(ctx, func(house *app.House) error {
		order := feeds.Order{Format: c.Format, Seller: seller.ID(c.Seller), State: catalog.State(c.State), Currency: money.Currency(c.Currency),
			Lang: c.TextLang, Base: c.Base, Name: c.Name, Merchant: c.Merchant}
		if c.File == "-" {
			return feeds.Export(ctx, house.Store, os.Stdout, order)
		}
		return whole(c.File, func(to io.Writer) error { return feeds.Export(ctx, house.Store, to, order) })
	})
}

// whole writes a file beside its place and puts it there when all of it is written.
func whole(name string, write func(io.Writer) error) error {
	draft, err := os.Create(name + ".part")
	if err != nil {
		return err
	}
	if err := errors.Join(write(draft), draft.Sync(), draft.Close()); err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return os.Rename(draft.Name(), name)
}
