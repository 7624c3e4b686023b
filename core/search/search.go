// Package search knows how goods are found.
package search
