package db

import "os"

// The terms on which the store works with its engines, for whoever measures it beside the bare engine on the same terms.

// PoolMax is how many connections to PostgreSQL a process opens at most, unless told otherwise.
const PoolMax = poolMax

// LiteDSN is how the store opens an SQLite file: commits return before they are durable, and SyncData of the write-ahead
// log makes them so.
func LiteDSN(path string) string { return liteDSN(path) }

// SyncData forces the contents of a file to the disk as the store does.
func SyncData(f *os.File) error { return syncData(f) }
