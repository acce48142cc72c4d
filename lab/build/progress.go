package build

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress prints the progress of a long operation: on a terminal in one line that is overwritten, otherwise in a line
// every half minute.
type progress struct {
	out      io.Writer
	terminal bool
	began    time.Time
	last     time.Time
}

func newProgress(out io.Writer) *progress {
	file, ok := out.(*os.File)
	return &progress{out: out, terminal: ok && term.IsTerminal(int(file.Fd()))}
}

func (p *progress) begin(what string) {
	p.began, p.last = time.Now(), time.Now()
	fmt.Fprintln(p.out, "── "+what)
}

// step prints the current step.
func (p *progress) step(where string) {
	pause := 30 * time.Second
	format := "   %s: %s\n"
	if p.terminal {
		pause, format = 100*time.Millisecond, "\r\x1b[2K   %s: %.90s"
	}
	if time.Since(p.last) < pause {
		return
	}
	p.last = time.Now()
	fmt.Fprintf(p.out, format, time.Since(p.began).Round(time.Second), where)
}

func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[2K")
	}
	fmt.Fprintf(p.out, "   %s\n", time.Since(p.began).Round(time.Second))
}
