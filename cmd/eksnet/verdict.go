package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// verdict is the plan in a line: whether the stack can be built, and how much there is to look at first. A stack that cannot be built has no plan.
func (r *report) verdict() string {
	short := 0
	for _, q := range r.Quotas {
		if q.Short() {
			short++
		}
	}
	return fmt.Sprintf("can be built: yes, %s, %s", number(len(r.Warnings), "warning", "warnings"), number(short, "quota above AWS's default", "quotas above AWS's defaults"))
}

// number is a number of things: no warnings, 1 warning, 2 warnings.
func number(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// coloured reports whether an output shows colours: it is a terminal, and nobody has asked for none (https://no-color.org).
func coloured(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(file.Fd()))
}

// red marks the quotas that fall short. Cells are aligned before, because a table counts the characters of a colour too.
func red(text string) string {
	return strings.ReplaceAll(text, "\n  SHORT ", "\n  \x1b[31mSHORT\x1b[0m ")
}
