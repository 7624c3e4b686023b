package main

import (
	"log/slog"
	"os"
	"path/filepath"

	"sauda/app"
	"sauda/gear/log"
)

// place says which house a command works on; every command has it.
type place struct {
	Data     string `help:"Folder of the house: the SQLite file, pictures, letters." type:"path" default:"${data}" env:"SAUDA_DATA"`
	Postgres string `help:"Keep the house in PostgreSQL instead: postgres://user@host/name." placeholder:"DSN" env:"SAUDA_POSTGRES"`
	Verbose  bool   `help:"Log what is usually not worth it." short:"v"`
}

// config is where the house is, for the app.
func (p place) config() (app.Config, error) {
	if p.Data == "" && p.Postgres == "" {
		return app.Config{}, errNowhere
	}
	if err := os.MkdirAll(p.Data, 0o750); err != nil {
		return app.Config{}, err
	}
	level := slog.LevelInfo
	if p.Verbose {
		level = slog.LevelDebug
	}
	return app.Config{Data: p.Data, Postgres: p.Postgres, Log: log.New(os.Stderr, level, log.Auto)}, nil
}

// dataFolder is where the house is kept unless the command line says otherwise.
func dataFolder() string {
	base, err := os.UserHomeDir()
	if err != nil {
		return "sauda-data"
	}
	return filepath.Join(base, ".local", "share", "sauda")
}
