package prove

import (
	"fmt"
	"io"
	"sync"
	"time"

	"eksnet/rehearsal/scenario"
)

// Progress prints the progress of proofs: one updated line on a terminal, else a line every few seconds. A trial that
// fails is printed at once.
type Progress struct {
	Out io.Writer
	// Width is the width of the terminal in columns, 0 if Out is not a terminal.
	Width int

	mu      sync.Mutex
	line    scenario.StatusLine
	name    string
	count   int
	printed time.Time
}

// lineInterval is the time between two lines if Out is not a terminal.
const lineInterval = 5 * time.Second

// Begin prints the name of the proof that starts.
func (t *Progress) Begin(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.name, t.count, t.printed = name, 0, time.Now()
	t.line = scenario.StatusLine{Out: t.Out, Width: t.Width}
	t.print(name + " …")
}

// Trial prints one completed trial.
func (t *Progress) Trial(trial Trial) {
	if trial.Broken != "" {
		t.Step(trial.Name, trial.Broken)
		return
	}
	t.Step(trial.Name, "")
}

// Step prints one completed step and its problem, "" for none.
func (t *Progress) Step(name, broken string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	switch {
	case broken != "":
		t.clear()
		fmt.Fprintf(t.Out, "✗ %s: %s\n", name, broken)
	case t.Width > 0:
		t.line.Draw(fmt.Sprintf("%s %d: %s", t.name, t.count, name))
	case time.Since(t.printed) > lineInterval:
		t.printed = time.Now()
		fmt.Fprintf(t.Out, "%s … %d\n", t.name, t.count)
	}
}

// End prints the result of the proof.
func (t *Progress) End(verdict string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear()
	fmt.Fprintln(t.Out, verdict)
}

func (t *Progress) print(text string) {
	if t.Width > 0 {
		t.line.Draw(text)
		return
	}
	fmt.Fprintln(t.Out, text)
}

func (t *Progress) clear() {
	if t.Width > 0 {
		t.line.Clear()
	}
}
