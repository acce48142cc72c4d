//go:generate go run ./gen -out release.go

package schema
