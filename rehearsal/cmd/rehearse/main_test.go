package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/rehearsal/world"
)

// enterCheckout makes the working directory a folder with the project, stack local and the files that make installs.
func enterCheckout(t *testing.T) {
	t.Helper()
	real, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"Pulumi.yaml", "Pulumi.local.yaml", "rehearsal"} {
		if err := os.Symlink(filepath.Join(real, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

// runCommand runs a command and returns its exit status and what it printed on standard error.
func runCommand(t *testing.T, args ...string) (int, string) {
	t.Helper()
	nowhere, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer nowhere.Close()
	return runWithStdout(t, nowhere, args...)
}

// runWithStdout runs a command with this standard output.
func runWithStdout(t *testing.T, out *os.File, args ...string) (int, string) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = out, write
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()
	text := make(chan string)
	go func() {
		all, _ := io.ReadAll(read)
		text <- string(all)
	}()
	status := run(args)
	write.Close()
	return status, <-text
}

func TestAnInvalidCommandLinePrintsOneLineAndEndsWithStatus2(t *testing.T) {
	enterCheckout(t)
	for args, want := range map[string]string{
		"dance":                `no command "dance"; see rehearse -h`,
		"up now":               `unexpected argument "now"; see rehearse -h`,
		"up -stack nowhere":    "nowhere",
		"state":                `stack "local" has no state yet`,
		"report -stack other":  `stack "other" has no report yet`,
		"up -stack":            "flag needs an argument: -stack; see rehearse -h",
		"preview -replace urn": "-replace requires command up",
		"-dance":               "flag provided but not defined: -dance",
		"up -json=perhaps":     `invalid boolean value "perhaps" for -json`,
	} {
		status, text := runCommand(t, strings.Fields(args)...)
		if status != statusUsage || !strings.Contains(text, want) || strings.Count(text, "\n") != 1 {
			t.Errorf("rehearse %s ends with %d and\n%swant status 2 and a line with %s", args, status, text, want)
		}
	}
}

func TestHelpNamesEveryCommandAndFlag(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = write
	status := run([]string{"-h"})
	os.Stdout = stdout
	write.Close()
	help, err := io.ReadAll(read)
	if err != nil || status != statusOK {
		t.Fatalf("status %d, %v", status, err)
	}
	for _, word := range []string{"preview", "up", "refresh", "destroy", "state", "world", "report", "-stack", "-dir", "-outside", "-v", "-json"} {
		if !strings.Contains(string(help), "\n  "+word+" ") && !strings.Contains(string(help), "\n  "+word+"\n") && !strings.Contains(string(help), "\n  "+word+"\t") {
			t.Errorf("the help has no %s:\n%s", word, help)
		}
	}
}

func TestOutsideACheckoutTheErrorSaysWhereToRun(t *testing.T) {
	t.Chdir(t.TempDir())
	if status, text := runCommand(t, "up"); status != statusUsage || !strings.Contains(text, "run rehearse inside the checkout") {
		t.Errorf("status %d: %s", status, text)
	}
}

func TestALeftoverEndsWithStatus1AndTheCommandThatRemovesIt(t *testing.T) {
	enterCheckout(t)
	if status, text := runCommand(t, "up"); status != statusOK {
		t.Fatal(text)
	}
	const file = ".rehearsal/local/world.json"
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var account map[string]any
	if err := json.Unmarshal(content, &account); err != nil {
		t.Fatal(err)
	}
	account["objects"] = append(account["objects"].([]any), world.Object{Type: "aws:cloudwatch/logGroup:LogGroup", ID: "/aws/eks/other/cluster", Owner: "eks"})
	content, _ = json.Marshal(account)
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
	status, text := runCommand(t, "destroy")
	if status != statusFailed || !strings.Contains(text, "aws logs delete-log-group --log-group-name /aws/eks/other/cluster") {
		t.Errorf("status %d: %s", status, text)
	}
}

func TestEachCommandContinuesFromTheSavedState(t *testing.T) {
	enterCheckout(t)
	for _, command := range []string{"preview", "up", "refresh", "destroy"} {
		if status, text := runCommand(t, command); status != statusOK {
			t.Fatalf("rehearse %s ends with %d: %s", command, status, text)
		}
	}
	for _, command := range []string{"state", "world", "report"} {
		if status, text := runCommand(t, command); status != statusOK {
			t.Errorf("rehearse %s ends with %d: %s", command, status, text)
		}
	}
}

func TestTheDirFlagDoesNotTouchTheDefaultFolder(t *testing.T) {
	enterCheckout(t)
	dir := filepath.Join(t.TempDir(), "elsewhere")
	for _, command := range []string{"up", "state", "world", "report"} {
		if status, text := runCommand(t, command, "-dir", dir); status != statusOK {
			t.Fatalf("rehearse %s -dir ends with %d: %s", command, status, text)
		}
	}
	if _, err := os.Stat(".rehearsal"); !os.IsNotExist(err) {
		t.Errorf(".rehearsal was touched: %v", err)
	}
}
