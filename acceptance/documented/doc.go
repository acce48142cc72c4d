// Package documented holds the test that docs/acceptance.md shows what the commands print.
package documented
