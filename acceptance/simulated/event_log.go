package simulated

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/backend/display"

	"eksnet/rehearsal/scenario"
)

// EventLog is a progress of operations that writes the events of the engine as pulumi's option --event-log does: a line
// of JSON for each, with its number and the time in seconds.
type EventLog struct {
	scenario.Progress
	Out io.Writer

	sequence int
	err      error
}

// Event implements scenario.Progress.
func (l *EventLog) Event(event scenario.Event) {
	l.Progress.Event(event)
	if l.err != nil {
		return
	}
	converted, err := display.ConvertEngineEvent(event, false)
	if err != nil {
		l.err = err
		return
	}
	l.sequence++
	converted.Sequence, converted.Timestamp = l.sequence, int(time.Now().Unix())
	l.err = json.NewEncoder(l.Out).Encode(converted)
}

// Err returns why the log is not complete, nil if it is.
func (l *EventLog) Err() error {
	if l.err != nil {
		return fmt.Errorf("--event-log: %w", l.err)
	}
	return nil
}
