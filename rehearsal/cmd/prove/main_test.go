package main

import (
	"io"
	"os"
	"strings"
	"testing"

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

func TestTheReportCountsLeftoversAndHangs(t *testing.T) {
	r := &report{stack: "local", count: prove.Count{Named: 3, Unnamed: 1, Hangs: 2}, told: []string{"faults: all"}}
	lines := strings.Join(r.lines(), "\n")
	if want := "faults: all\nlocal: 3 leftovers named, 1 unnamed; 2 hangs"; !strings.HasPrefix(lines, want) {
		t.Errorf("the report is %q", lines)
	}
}
