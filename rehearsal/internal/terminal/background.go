// Package terminal keeps libraries from asking the terminal for its colours.
package terminal

import "github.com/charmbracelet/lipgloss"

// Pulumi's SDK imports bubbletea, which asks for the background colour when it is initialized, before main, and waits
// five seconds for a terminal that does not answer (bubbletea v1, tea_init.go). It does not ask where the answer is
// set. This package is initialized before bubbletea: of packages whose imports are initialized, Go takes the one first
// whose import path sorts first (https://go.dev/ref/spec#Program_initialization).
func init() { lipgloss.SetHasDarkBackground(true) }
