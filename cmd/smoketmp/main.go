package main

import (
	"context"
	"fmt"
	"os"

	"sauda/app"
	"sauda/gear/web"
	"net"
	"net/http"
	_ "net/http/pprof"
)

func main() {
	go http.ListenAndServe("127.0.0.1:6060", nil)
	ctx, stop := web.Signals(context.Background())
	defer stop()
	h, err := app.Open(ctx, app.Config{Data: os.Args[1], Postgres: os.Getenv("PG"), Quiet: true, AdminPassword: "sauda-admin", Limits: web.Limits{Off: true}})
	if err != nil { fmt.Println("open:", err); os.Exit(1) }
	go h.Run(ctx)
	err = web.Serve(ctx, h.Handler(), web.Listen{Addr: os.Args[2], Ready: func(a net.Addr) { fmt.Println("listening", a) }})
	fmt.Println(err, h.Close())
}
