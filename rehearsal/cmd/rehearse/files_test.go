package main

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"eksnet/rehearsal/engine"
)

// fileSizeLimit is the environment variable that makes the test binary run the command, with files limited to this
// number of bytes; 0 is no limit.
const fileSizeLimit = "REHEARSE_TEST_LIMIT"

func TestMain(m *testing.M) {
	text, set := os.LookupEnv(fileSizeLimit)
	if !set {
		os.Exit(m.Run())
	}
	if size, _ := strconv.ParseUint(text, 10, 64); size > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: math.MaxUint64}); err != nil {
			panic(err)
		}
	}
	engine.Confine()
	os.Exit(run(os.Args[1:]))
}

// rehearseProcess returns the command, to run in its own process.
func rehearseProcess(size int, args ...string) *exec.Cmd {
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), fileSizeLimit+"="+strconv.Itoa(size))
	return command
}

func TestAKilledCommandLosesNoResource(t *testing.T) {
	enterCheckout(t)
	dir := t.TempDir()
	journal := filepath.Join(dir, "state.journal")
	killAtLine(t, "up … 50 resources", "up", "-dir", dir)
	if resources := resourcesInState(t, dir); resources < 20 {
		t.Errorf("after 50 steps the state has %d resources", resources)
	}
	// The last line of the journal is incomplete, as after a kill during a write.
	torn, err := os.OpenFile(journal, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := torn.WriteString(`01234567 {"record":{"version":1,"ki`); err != nil {
		t.Fatal(err)
	}
	torn.Close()
	before := resourcesInState(t, dir)
	killAtLine(t, "up … 75 resources", "up", "-dir", dir)
	if after := resourcesInState(t, dir); after < before {
		t.Errorf("the second up was killed, and of %d resources the state has %d", before, after)
	}
	if status, text := runCommand(t, "up", "-dir", dir); status != statusOK {
		t.Fatalf("up ends with %d: %s", status, text)
	}
	if _, err := os.Stat(journal); !os.IsNotExist(err) {
		t.Errorf("after up there is still a journal: %v", err)
	}
	killAtLine(t, "destroy … 50 resources", "destroy", "-dir", dir)
	if status, text := runCommand(t, "destroy", "-dir", dir); status != statusOK {
		t.Fatalf("destroy ends with %d: %s", status, text)
	}
}

// killAtLine starts a command and kills it once it has printed a line.
func killAtLine(t *testing.T, line string, args ...string) {
	t.Helper()
	command := rehearseProcess(0, args...)
	progress, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	seen := false
	for lines := bufio.NewScanner(progress); lines.Scan(); {
		if strings.Contains(lines.Text(), line) {
			seen = true
			_ = command.Process.Kill()
		}
	}
	if err := command.Wait(); err == nil || !seen {
		t.Fatalf("rehearse %v was not killed at %q: %v", args, line, err)
	}
}

// resourcesInState returns the number of resources that the command state prints.
func resourcesInState(t *testing.T, dir string) int {
	t.Helper()
	out, err := rehearseProcess(0, "state", "-json", "-dir", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	var exported struct {
		Version    int
		Deployment struct{ Resources []any }
	}
	if err := json.Unmarshal(out, &exported); err != nil || exported.Version != 3 {
		t.Fatalf("state prints %s: %v", out, err)
	}
	return len(exported.Deployment.Resources)
}

func TestAFullDiskIsOneErrorAndTheNextCommandContinues(t *testing.T) {
	enterCheckout(t)
	for size, next := range map[int][]string{1: {"destroy"}, 40_000: {"destroy"}, 150_000: {"up", "destroy"}} {
		dir := filepath.Join(t.TempDir(), "a folder")
		var complaints strings.Builder
		up := rehearseProcess(size, "up", "-stack", "local", "-dir", dir)
		up.Stderr = &complaints
		text := complaints.String
		if up.Run() == nil {
			t.Errorf("with %d bytes up ends well:\n%s", size, text())
		}
		if strings.Count(text(), "file too large") != 1 || strings.Count(text(), "\n") > 8 {
			t.Errorf("with %d bytes up prints\n%s", size, text())
		}
		for _, advice := range []string{"the next command continues", "bin/rehearse up -stack local -dir '" + dir + "'", "bin/rehearse state -stack local -dir '" + dir + "'"} {
			if !strings.Contains(text(), advice) {
				t.Errorf("with %d bytes up does not print %q:\n%s", size, advice, text())
			}
		}
		for _, command := range next {
			if out, err := rehearseProcess(0, command, "-dir", dir).CombinedOutput(); err != nil {
				t.Fatalf("after a full disk of %d bytes %s ends with %v:\n%s", size, command, err, out)
			}
		}
	}
}

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	enterCheckout(t)
	dir := t.TempDir()
	if status, text := runCommand(t, "up", "-dir", dir); status != statusOK {
		t.Fatal(text)
	}
	for _, args := range [][]string{{"state"}, {"state", "-json"}, {"world"}, {"report"}, {"preview", "-json"}, {"preview"}, {"-h"}} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		status, text := runWithStdout(t, full, append(args, "-dir", dir)...)
		full.Close()
		if status != statusFailed || !strings.Contains(text, "standard output") || !strings.Contains(text, "no space left on device") {
			t.Errorf("rehearse %s > /dev/full ends with %d: %s", args, status, text)
		}
	}
}

func TestRecommendedCommandsHaveTheFlagsOfTheCommand(t *testing.T) {
	enterCheckout(t)
	dir := filepath.Join(t.TempDir(), "a folder")
	status, text := runCommand(t, "state", "-stack", "local", "-dir", dir, "-outside")
	want := "run bin/rehearse up -stack local -dir '" + strings.ReplaceAll(dir, "'", `'\''`) + "' -outside first"
	if status != statusUsage || !strings.Contains(text, want) {
		t.Errorf("status %d: %s, want %s", status, text, want)
	}
}
