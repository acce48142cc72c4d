package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/prove"
)

// runCommand runs the command and returns its exit status and what it printed on standard error.
func runCommand(t *testing.T, args ...string) (int, string) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr := os.Stderr
	os.Stderr = write
	status := run(args)
	os.Stderr = stderr
	write.Close()
	text, err := io.ReadAll(read)
	if err != nil {
		t.Fatal(err)
	}
	return status, string(text)
}

func TestAnInvalidCommandLinePrintsOneLineAndEndsWithStatus2(t *testing.T) {
	for args, want := range map[string]string{
		"dance":          `no proof "dance"; see prove -h`,
		"-sample -1":     "-sample -1 is negative",
		"-within -1s":    "-within -1s is negative",
		"-within soon":   `invalid value "soon" for flag -within`,
		"-stack nowhere": `no stack "nowhere"`,
		"-dance":         "flag provided but not defined: -dance; see prove -h",
		"-sample many":   `invalid value "many" for flag -sample`,
	} {
		status, text := runCommand(t, strings.Fields(args)...)
		if status != statusUsage || !strings.Contains(text, want) || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: status %d, %q", args, status, text)
		}
	}
}

func TestTimeThatAProofDoesNotUseIsDividedAmongTheNext(t *testing.T) {
	r := &report{within: 10 * time.Minute}
	for want, got := range map[time.Duration]time.Duration{
		2 * time.Minute: r.share(0, []proof{{weight: 1}, {weight: 3}, {weight: 1}}),
		6 * time.Minute: r.share(2*time.Minute, []proof{{weight: 3}, {weight: 1}}),
		9 * time.Minute: r.share(time.Minute, []proof{{weight: 1}}),
		1:               r.share(11*time.Minute, []proof{{weight: 3}, {weight: 1}}),
		0:               (&report{}).share(time.Hour, proofs),
	} {
		if got != want {
			t.Errorf("a proof has %s, want %s", got, want)
		}
	}
}

func TestTheReportNamesASampleThatTheTimeLimitCaused(t *testing.T) {
	if line := sampleNote(30, 40); line != "; time limit reached: tried 10 of 40 steps" {
		t.Errorf("the note is %q", line)
	}
	if line := sampleNote(0, 40); line != "" {
		t.Errorf("without a time limit the note is %q", line)
	}
}

func TestTheReportCountsLeftoversAndHangs(t *testing.T) {
	r := &report{stack: "local", count: prove.Count{Named: 3, Unnamed: 1, Hangs: 2}, results: []string{"faults: all"}}
	lines := strings.Join(r.lines(), "\n")
	if want := "faults: all\nlocal: 3 leftovers with reason and command, 1 without; 2 hangs"; !strings.HasPrefix(lines, want) {
		t.Errorf("the report is %q", lines)
	}
}
