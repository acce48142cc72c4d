package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// verdict returns the plan in one line: that the stack can be built, and the numbers of warnings and of quotas above
// the defaults.
func (r *report) verdict() string {
	short := 0
	for _, q := range r.Quotas {
		if q.Short() {
			short++
		}
	}
	return fmt.Sprintf("can be built: yes, %s, %s", number(len(r.Warnings), "warning", "warnings"), number(short, "quota above AWS's default", "quotas above AWS's defaults"))
}

// number formats a number of things: no warnings, 1 warning, 2 warnings.
func number(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// coloured reports whether an output shows colours: it is a terminal, and NO_COLOR is not set (https://no-color.org).
func coloured(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// red colours the quotas that are not sufficient. Cells are aligned before, because a table counts the characters of a
// colour too.
func red(text string) string {
	return strings.ReplaceAll(text, "\n  SHORT ", "\n  \x1b[31mSHORT\x1b[0m ")
}
