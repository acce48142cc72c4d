package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/acceptance/accept"
)

// asCommand is the environment variable that makes the test binary run the command.
const asCommand = "EKSNET_ACCEPTANCE_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// driver returns the driver of pulumi with this command as its program, in an empty account.
func driver(t *testing.T) (accept.Pulumi, *bytes.Buffer) {
	t.Helper()
	root, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(asCommand, "yes")
	t.Setenv(folder, t.TempDir())
	var output bytes.Buffer
	return accept.Pulumi{Program: os.Args[0], Dir: root, Stack: "local", Output: &output}, &output
}

// The events are those of the real engine, in the form that pulumi writes.
func TestTheDriverOfPulumiReadsTheEventsOfTheEngine(t *testing.T) {
	p, output := driver(t)
	preview, err := p.Preview(t.Context())
	if err != nil || preview.Changes["create"] < 100 {
		t.Fatalf("%+v, %v: %s", preview.Changes, err, output)
	}
	up, err := p.Up(t.Context())
	if err != nil || up.Changes["create"] != preview.Changes["create"] || len(up.Resources) < 100 || len(up.Failures) > 0 {
		t.Fatalf("%d times, %+v, %v, %v: %s", len(up.Resources), up.Changes, up.Failures, err, output)
	}
	if again, err := p.Preview(t.Context()); err != nil || again.Changes["same"] != up.Changes["create"] || again.Changes["create"] > 0 {
		t.Errorf("the preview of a stack that exists: %+v, %v", again.Changes, err)
	}
	destroy, err := p.Destroy(t.Context())
	if err != nil || destroy.Changes["delete"] != up.Changes["create"] {
		t.Errorf("%+v, %v: %s", destroy.Changes, err, output)
	}
	for urn := range up.Resources {
		if _, deleted := destroy.Resources[urn]; !deleted && !strings.Contains(urn, "pulumi:pulumi:Stack") {
			t.Errorf("%s has a time in up and none in destroy", urn)
		}
	}
}

func TestAnInterruptOfTheDriverEndsTheOperationAndTheNextOneContinues(t *testing.T) {
	p, output := driver(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.Output = trigger{output, "up … 50 resources", cancel}
	o, err := p.Up(ctx)
	if err == nil || !strings.Contains(output.String(), "cancelled") || len(o.Resources) < 10 {
		t.Errorf("%d times, %v: %s", len(o.Resources), err, output)
	}
	p.Output = output
	if o, err := p.Destroy(t.Context()); err != nil || o.Changes["delete"] < 10 {
		t.Errorf("%+v, %v: %s", o.Changes, err, output)
	}
}

// trigger writes to a buffer, and calls a function once that contains a text.
type trigger struct {
	buffer *bytes.Buffer
	text   string
	do     func()
}

func (t trigger) Write(text []byte) (int, error) {
	n, err := t.buffer.Write(text)
	if strings.Contains(t.buffer.String(), t.text) {
		t.do()
	}
	return n, err
}

func TestAWrongCommandLineIsOneLine(t *testing.T) {
	for want, args := range map[string][]string{
		`["refresh"]: accepted: preview, up, destroy`: {"refresh"},
		"[]: accepted: preview, up, destroy":          nil,
		"flag provided but not defined: -parallel":    {"up", "--parallel", "4"},
		"--event-log: ": {"up", "--stack", "local"},
	} {
		if err := run(args); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
