package accept_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/acceptance/accept"
)

// events are the events of an up in which a bucket is created and a cluster fails. The last line is incomplete.
const events = `{"sequence":1,"timestamp":100,"preludeEvent":{"config":{}}}
{"sequence":2,"timestamp":100,"resourcePreEvent":{"metadata":{"op":"create","urn":"urn:pulumi:try::eksnet::aws:s3/bucket:Bucket::logs"}}}
{"sequence":3,"timestamp":101,"resourcePreEvent":{"metadata":{"op":"create","urn":"urn:pulumi:try::eksnet::eksnet:cluster:Cluster$aws:eks/cluster:Cluster::try"}}}
{"sequence":4,"timestamp":109,"resOutputsEvent":{"metadata":{"op":"create","urn":"urn:pulumi:try::eksnet::aws:s3/bucket:Bucket::logs"}}}
{"sequence":5,"timestamp":111,"diagnosticEvent":{"urn":"urn:pulumi:try::eksnet::eksnet:cluster:Cluster$aws:eks/cluster:Cluster::try","severity":"error","message":"creating: no capacity\nmore"}}
{"sequence":6,"timestamp":111,"resOpFailedEvent":{"metadata":{"op":"create","urn":"urn:pulumi:try::eksnet::eksnet:cluster:Cluster$aws:eks/cluster:Cluster::try"}}}
{"sequence":7,"timestamp":112,"summaryEvent":{"durationSeconds":12,"resourceChanges":{"create":1}}}
{"sequence":8,"timest`

// program returns a driver of a program with a body, in whose environment events are.
func program(t *testing.T, body string) (accept.Pulumi, *bytes.Buffer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pulumi")
	const head = "#!/bin/sh\noperation=$1\nall=$*\nwhile [ $# -gt 0 ]; do [ \"$1\" = --event-log ] && log=$2; shift; done\n"
	if err := os.WriteFile(file, []byte(head+body), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("EVENTS", events)
	var output bytes.Buffer
	return accept.Pulumi{Program: file, Dir: "/project", Stack: "try", Output: &output}, &output
}

func TestTheEventsOfPulumiAreTimesChangesAndFailures(t *testing.T) {
	p, output := program(t, `printf %s "$EVENTS" > "$log"; echo "$PULUMI_DEBUG_COMMANDS $all"; echo "error: update failed" >&2; exit 255`)
	o, err := p.Up(t.Context())
	if err == nil || err.Error() != "pulumi up: error: update failed" {
		t.Error(err)
	}
	if len(o.Failures) != 1 || o.Failures[0] != "aws:eks/cluster:Cluster try: creating: no capacity" || o.Changes["create"] != 1 || o.Resources[bucket] != 9 || len(o.Resources) != 1 {
		t.Errorf("%+v", o)
	}
	if text := output.String(); !strings.HasPrefix(text, "true up --stack try --cwd /project --non-interactive --event-log ") || !strings.Contains(text, " --yes --skip-preview\n") {
		t.Error(text)
	}
}

func TestEachOperationIsThatOfPulumi(t *testing.T) {
	p, output := program(t, `printf %s "$EVENTS" > "$log"; echo "$operation $all"`)
	for _, run := range []func(context.Context) (accept.Operation, error){p.Preview, p.Up, p.Destroy} {
		if _, err := run(t.Context()); err != nil {
			t.Error(err)
		}
	}
	lines := strings.Split(output.String(), "\n")
	if !strings.HasPrefix(lines[0], "preview ") || strings.Contains(lines[0], "--yes") || !strings.HasPrefix(lines[1], "up ") || !strings.HasPrefix(lines[2], "destroy ") || !strings.Contains(lines[2], "--yes") {
		t.Errorf("%q", lines)
	}
	if got := p.Command("destroy"); got != "pulumi destroy --stack try --cwd /project" {
		t.Error(got)
	}
}

func TestAnInterruptLetsPulumiFinish(t *testing.T) {
	p, output := program(t, `trap 'echo finishing; printf %s "$EVENTS" > "$log"; exit 1' INT; echo started; while :; do sleep 0.05; done`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.Output = io.MultiWriter(output, afterText{"started", cancel})
	o, err := p.Destroy(ctx)
	if err == nil || !strings.HasSuffix(output.String(), "started\nfinishing\n") || o.Resources[bucket] != 9 {
		t.Errorf("%v, %+v: %s", err, o, output)
	}
}

// afterText is a writer that calls a function at a text.
type afterText struct {
	text string
	do   func()
}

func (a afterText) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte(a.text)) {
		a.do()
	}
	return len(text), nil
}

// A terminal interrupts the whole process group of the command that it runs.
func TestPulumiIsInAProcessGroupOfItsOwn(t *testing.T) {
	p, output := program(t, `printf '' > "$log"; echo "$$ $(cut -d' ' -f5 /proc/$$/stat)"`)
	if _, err := p.Preview(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ids := strings.Fields(output.String()); len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("process and process group %q", ids)
	}
}

func TestAMissingPulumiIsOneClearLine(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := accept.Pulumi{Dir: "/project", Stack: "try", Output: &bytes.Buffer{}}.Preview(t.Context())
	if err == nil || err.Error() != "pulumi is not on PATH; install it (pulumi.com/docs/install)" {
		t.Error(err)
	}
}
