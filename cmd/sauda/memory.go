package main

import (
	"os"
	"runtime/debug"
)

const (
	// garbagePercent lets garbage grow to three times what is alive before it is collected: a house at rest holds little,
	// so this costs a few megabytes and halves the collector's work under load.
	garbagePercent = 300
	// memoryLimit is where the collector works harder instead: with the caches of SQLite and the files of the program and
	// of the search index, which lie outside, the house stays below 250 MiB.
	memoryLimit = 128 << 20
)

// tune sets how the collector works, unless the environment says it (GOGC, GOMEMLIMIT).
func tune() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
