package web_test

import (
	"context"
	"embed"
	"io/fs"
	"sync"

	"sauda/gear/session"
)

//go:embed testdata/shelf/schema/*.sql
var shelfRoot embed.FS

var shelfFiles = func() fs.FS {
	files, err := fs.Sub(shelfRoot, "testdata/shelf")
	if err != nil {
		panic(err)
	}
	return files
}()

const buyerPassword = "Қызыл өрік 2026"

var buyerHash = sync.OnceValue(func() string {
	hash, err := session.Hash(context.Background(), buyerPassword)
	if err != nil {
		panic(err)
	}
	return hash
})
