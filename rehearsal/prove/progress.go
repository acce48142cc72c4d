package prove

import (
	"fmt"
	"io"
	"sync"
	"time"

	"eksnet/rehearsal/scenario"
)

// Telling tells of proofs while they run: in one line that moves on a terminal, else in a line now and then. A trial that breaks a
// promise is told at once.
type Progress struct {
	Out io.Writer
	// Width is the terminal's in columns, 0 for what is no terminal.
	Width int

	mu    sync.Mutex
	line  scenario.Moving
	name  string
	count int
	told  time.Time
}

// seldom is how far lines are apart where they stay.
const lineInterval = 5 * time.Second

// Begin tells what is proven now.
func (t *Progress) Begin(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.name, t.count, t.told = name, 0, time.Now()
	t.line = scenario.Moving{Out: t.Out, Width: t.Width}
	t.print(name + " …")
}

// Trial tells of one trial that ended.
func (t *Progress) Trial(trial Trial) {
	if trial.Broken != "" {
		t.Step(trial.Name, trial.Broken)
		return
	}
	t.Step(trial.Name, "")
}

// Step tells of one step that ended, and what it found broken.
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
	case time.Since(t.told) > lineInterval:
		t.told = time.Now()
		fmt.Fprintf(t.Out, "%s … %d\n", t.name, t.count)
	}
}

// End tells what came of it.
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
