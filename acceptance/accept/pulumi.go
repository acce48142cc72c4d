package accept

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Pulumi runs the operations with the program pulumi, as its Automation API does.
type Pulumi struct {
	// Program is the path of pulumi, "" for the one on PATH.
	Program string
	// Dir is the directory of the project.
	Dir, Stack string
	// Output gets what pulumi prints.
	Output io.Writer
}

// killAfter is how long pulumi may need to end after an interrupt: it waits for the running calls, of which the
// creation of a cluster takes longest.
const killAfter = 45 * time.Minute

// Command implements Driver.
func (p Pulumi) Command(operation string) string {
	return fmt.Sprintf("pulumi %s --stack %s --cwd %s", operation, p.Stack, p.Dir)
}

// Preview implements Driver.
func (p Pulumi) Preview(ctx context.Context) (Operation, error) { return p.run(ctx, "preview") }

// Up implements Driver.
func (p Pulumi) Up(ctx context.Context) (Operation, error) {
	return p.run(ctx, "up", "--yes", "--skip-preview")
}

// Destroy implements Driver.
func (p Pulumi) Destroy(ctx context.Context) (Operation, error) {
	return p.run(ctx, "destroy", "--yes", "--skip-preview")
}

// run runs an operation, and reads its events.
func (p Pulumi) run(ctx context.Context, operation string, options ...string) (o Operation, err error) {
	dir, err := os.MkdirTemp("", "eksnet-accept")
	if err != nil {
		return o, err
	}
	defer os.RemoveAll(dir)
	log := filepath.Join(dir, "events.json")
	program := p.Program
	if program == "" {
		program = "pulumi"
	}
	arguments := append([]string{operation, "--stack", p.Stack, "--cwd", p.Dir, "--non-interactive", "--event-log", log}, options...)
	command := exec.CommandContext(ctx, program, arguments...)
	command.Env = append(os.Environ(), "PULUMI_DEBUG_COMMANDS=true") // without it there is no option --event-log
	var complaints bytes.Buffer
	command.Stdout, command.Stderr = p.Output, io.MultiWriter(p.Output, &complaints)
	// A terminal interrupts its whole process group, and pulumi gives up the running calls at a second interrupt.
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = killAfter
	began := time.Now()
	failed := command.Run()
	if errors.Is(failed, exec.ErrNotFound) {
		return o, errors.New("pulumi is not on PATH; install it (pulumi.com/docs/install)")
	}
	if o, err = readEvents(log); err != nil && failed == nil {
		return o, err
	}
	o.Seconds = time.Since(began).Seconds()
	if failed != nil {
		return o, fmt.Errorf("pulumi %s: %s", operation, lastLine(complaints.String(), failed))
	}
	return o, nil
}

// lastLine returns the last line of what a command complains with, or its error if that is nothing.
func lastLine(text string, err error) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return err.Error()
	}
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// event is what is read of an event of the engine (github.com/pulumi/pulumi, sdk/go/common/apitype/events.go).
type event struct {
	Timestamp  int64 `json:"timestamp"`
	Pre        *step `json:"resourcePreEvent"`
	Outputs    *step `json:"resOutputsEvent"`
	Failed     *step `json:"resOpFailedEvent"`
	Diagnostic *struct {
		URN      string `json:"urn"`
		Severity string `json:"severity"`
		Message  string `json:"message"`
	} `json:"diagnosticEvent"`
	Summary *struct {
		ResourceChanges map[string]int `json:"resourceChanges"`
	} `json:"summaryEvent"`
}

type step struct {
	Metadata struct {
		URN string `json:"urn"`
	} `json:"metadata"`
}

// readEvents reads the log of an operation. The last line may be incomplete after an interrupt.
func readEvents(file string) (o Operation, err error) {
	o.Resources = map[string]float64{}
	log, err := os.Open(file)
	if err != nil {
		return o, err
	}
	defer log.Close()
	began := map[string]int64{}
	decoder := json.NewDecoder(bufio.NewReader(log))
	for {
		var e event
		err := decoder.Decode(&e)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return o, nil
		}
		if err != nil {
			return o, fmt.Errorf("events of pulumi: %w", err)
		}
		switch {
		case e.Pre != nil:
			began[e.Pre.Metadata.URN] = e.Timestamp
		case e.Outputs != nil:
			if at, found := began[e.Outputs.Metadata.URN]; found {
				o.Resources[e.Outputs.Metadata.URN] = float64(e.Timestamp - at)
			}
		case e.Failed != nil:
			o.AddFailure(e.Failed.Metadata.URN, "")
		case e.Diagnostic != nil && e.Diagnostic.Severity == "error" && e.Diagnostic.URN != "":
			o.AddFailure(e.Diagnostic.URN, e.Diagnostic.Message)
		case e.Summary != nil:
			o.Changes = e.Summary.ResourceChanges
		}
	}
}
