package scenario

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/engine"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Progress receives the events of operations while they run.
type Progress interface {
	Begin(operation string)
	Event(Event)
	End(Operation)
}

// Event is an event of the engine.
type Event = engine.Event

// Silent is a Progress that prints nothing.
type Silent struct{}

func (Silent) Begin(string)  {}
func (Silent) Event(Event)   {}
func (Silent) End(Operation) {}

// Lines prints plain lines: the beginning and the end of each operation, and one line for every 25 resources.
type Lines struct {
	Out io.Writer

	name string
	done int
}

func (l *Lines) Begin(operation string) {
	l.name, l.done = operation, 0
	fmt.Fprintf(l.Out, "%s …\n", operation)
}

func (l *Lines) Event(event Event) {
	if _, ok := completedResource(event); !ok {
		return
	}
	if l.done++; l.done%25 == 0 {
		fmt.Fprintf(l.Out, "%s … %d resources\n", l.name, l.done)
	}
}

func (l *Lines) End(operation Operation) { fmt.Fprintln(l.Out, formatResult(operation)) }

// Terminal prints one line that is updated in place.
type Terminal struct {
	Out io.Writer
	// Width is the width of the terminal in columns.
	Width int

	name string
	done int
	line StatusLine
}

func (s *Terminal) Begin(operation string) {
	s.name, s.done, s.line = operation, 0, StatusLine{Out: s.Out, Width: s.Width}
	s.line.Draw(s.name + " …")
}

func (s *Terminal) Event(event Event) {
	urn, ok := completedResource(event)
	if !ok {
		return
	}
	s.done++
	s.line.Draw(fmt.Sprintf("%s %d resources, %s %s", s.name, s.done, urn.Type(), urn.Name()))
}

func (s *Terminal) End(operation Operation) {
	s.line.Clear()
	fmt.Fprintln(s.Out, formatResult(operation))
}

// StatusLine is a line of a terminal that is updated in place, at most twenty times a second.
type StatusLine struct {
	Out   io.Writer
	Width int

	drawn time.Time
}

// Draw shows a text, cut to the width of the terminal.
func (m *StatusLine) Draw(text string) {
	if time.Since(m.drawn) < 50*time.Millisecond {
		return
	}
	m.drawn = time.Now()
	line := []rune(text)
	m.Clear()
	fmt.Fprint(m.Out, string(line[:min(len(line), max(m.Width-1, 20))]))
}

// Clear erases the line.
func (m *StatusLine) Clear() { fmt.Fprint(m.Out, "\r\x1b[K") }

// formatResult returns the result of an operation: one line, and one more for each problem and each note.
func formatResult(operation Operation) string {
	mark, lines := "✓", operation.Notes
	if operation.Error != "" {
		mark, lines = "✗", append(strings.Split(operation.Error, "\n"), lines...)
	}
	return strings.Join(append([]string{fmt.Sprintf("%s %s (%.1f s)", mark, operation.Name, operation.WallSeconds)}, lines...), "\n    ")
}

// completedResource returns the resource whose step an event reports as successful.
func completedResource(event Event) (resource.URN, bool) {
	if payload, ok := event.Payload().(engine.ResourceOutputsEventPayload); ok {
		return payload.Metadata.URN, true
	}
	return "", false
}

// FinishedResource returns the resource whose step an event reports as ended, successfully or not.
func FinishedResource(event Event) (resource.URN, bool) {
	switch payload := event.Payload().(type) {
	case engine.ResourceOutputsEventPayload:
		return payload.Metadata.URN, true
	case engine.ResourceOperationFailedPayload:
		return payload.Metadata.URN, true
	default:
		return "", false
	}
}
