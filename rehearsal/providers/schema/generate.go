//go:generate go run ./gen

package schema
