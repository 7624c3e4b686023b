package main

import (
	"log/slog"
	"os"
	"path/filepath"

	"sauda/app"
	"sauda/gear/blob"
	"sauda/gear/log"
	"sauda/gear/seal"
)

// place says which house a command works on; every command has it.
type place struct {
	Data     string `help:"Folder of the house: the SQLite file, pictures, letters." type:"path" default:"${data}" env:"SAUDA_DATA"`
	Postgres string `help:"Keep the house in PostgreSQL instead: postgres://user@host/name." placeholder:"DSN" env:"SAUDA_POSTGRES"`
	S3       bucket `embed:"" prefix:"s3-" envprefix:"SAUDA_S3_"`
	SealKey  string `help:"Key that seals kept cards and the secrets of webhooks: 32 bytes in base64. To change it, write the new key before the old one with a comma between. Without it the file seal.key of the folder is used. Better given by the environment." env:"SAUDA_SEAL_KEY" placeholder:"KEY"`
	Verbose  bool   `help:"Log what is usually not worth it." short:"v"`
}

// bucket says where the files of goods are kept, when that is an object store.
type bucket struct {
	Endpoint string `help:"Keep the files of goods in an object store that speaks S3: https://host." env:"ENDPOINT" placeholder:"URL"`
	Bucket   string `help:"Its bucket, which is there already." env:"BUCKET"`
	Prefix   string `help:"What its keys begin with." env:"PREFIX"`
	Region   string `help:"Its region." env:"REGION"`
	Key      string `help:"Access key." env:"KEY"`
	Secret   string `help:"Secret key. Better given by the environment." env:"SECRET"`
}

// config is where the house is, for the app.
func (p place) config() (app.Config, error) {
	if p.Data == "" && p.Postgres == "" {
		return app.Config{}, errNowhere
	}
	if err := os.MkdirAll(p.Data, 0o750); err != nil {
		return app.Config{}, err
	}
	keys, err := seal.Parse(p.SealKey)
	if err != nil {
		return app.Config{}, err
	}
	level := slog.LevelInfo
	if p.Verbose {
		level = slog.LevelDebug
	}
	return app.Config{Data: p.Data, Postgres: p.Postgres, Keys: keys, Log: log.New(os.Stderr, level, log.Auto),
		Files: blob.Bucket{Endpoint: p.S3.Endpoint, Name: p.S3.Bucket, Prefix: p.S3.Prefix, Region: p.S3.Region, Key: p.S3.Key, Secret: p.S3.Secret}}, nil
}

// dataFolder is where the house is kept unless the command line says otherwise.
func dataFolder() string {
	base, err := os.UserHomeDir()
	if err != nil {
		return "sauda-data"
	}
	return filepath.Join(base, ".local", "share", "sauda")
}
