// Package sauda is the house around the code: it holds no code of its own, only the tests that hold every other package
// to the laws of the house. The rings, from the values to the command, are
//
//	base ← gear ← core ← flow ← face ← app ← cmd
//
// and imports run to the left only. Which context of core may know which other stands in laws.txt; what the laws are,
// and an example of each one broken, in laws_test.go. The command itself is cmd/sauda.
package sauda
