package main

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"eksnet/rehearsal/prove"
)

// told runs the command and gives its exit status and what it printed on standard error.
func told(t *testing.T, args ...string) (int, string) {
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

func TestAWrongCallIsToldInOneLineWithStatus2(t *testing.T) {
	for args, want := range map[string]string{
		"dance":          `no proof "dance"; see prove -h`,
		"-sample -1":     "-sample -1 is no number of steps",
		"-within -1s":    "-within -1s is no time",
		"-within soon":   `invalid value "soon" for flag -within`,
		"-stack nowhere": `no stack "nowhere"`,
		"-dance":         "flag provided but not defined: -dance; see prove -h",
		"-sample many":   `invalid value "many" for flag -sample`,
	} {
		status, text := told(t, strings.Fields(args)...)
		if status != misused || !strings.Contains(text, want) || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: status %d, %q", args, status, text)
		}
	}
}

func TestTimeThatAProofLeavesOverIsForThoseAfterIt(t *testing.T) {
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

func TestASampleForWantOfTimeIsSaid(t *testing.T) {
	if line := sampled(30, 40); line != "; a sample, as time was short: 10 steps of 40" {
		t.Errorf("it says %q", line)
	}
	if line := sampled(0, 40); line != "" {
		t.Errorf("of all it says %q", line)
	}
}

func TestTheReportCountsLeftoversAndHangs(t *testing.T) {
	r := &report{stack: "local", count: prove.Count{Named: 3, Unnamed: 1, Hangs: 2}, told: []string{"faults: all"}}
	lines := strings.Join(r.lines(), "\n")
	if want := "faults: all\nlocal: 3 leftovers named, 1 unnamed; 2 hangs"; !strings.HasPrefix(lines, want) {
		t.Errorf("the report is %q", lines)
	}
}
