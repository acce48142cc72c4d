package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"eksnet/lab/build"
)

// startedLab returns an invocation whose lab is locked and has a file with a process ID.
func startedLab(t *testing.T, pid string) *invocation {
	t.Helper()
	o := &invocation{root: t.TempDir(), stack: "local"}
	unlock, err := o.lockStack()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
	writeFile(t, o.pidFile(), pid)
	return o
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func checkRefused(t *testing.T, o *invocation, want string, args ...string) {
	t.Helper()
	status, err := o.runOnHost(nodeCommand, args)
	if err == nil || status != statusUsage || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("lab node %s: status %d, %v, want %s", args, status, err, want)
	}
}

func TestACommandOnANodeNeedsARunningLab(t *testing.T) {
	o := &invocation{root: t.TempDir(), stack: "local"}
	checkRefused(t, o, "no lab of stack local with nodes is running", "n1")
	unlock, err := o.lockStack()
	if err != nil {
		t.Fatal(err)
	}
	checkRefused(t, o, "has no nodes yet", "n1")
	// This process runs, but is no lab once the lock is released, as after a lab was killed.
	writeFile(t, o.pidFile(), strconv.Itoa(os.Getpid()))
	unlock()
	checkRefused(t, o, "no lab of stack local with nodes is running", "n1")
	checkRefused(t, o, "no lab of stack local with nodes is running")
}

func TestAStartingLabForgetsTheProcessOfAnEarlierOne(t *testing.T) {
	o := &invocation{root: t.TempDir(), stack: "local"}
	writeFile(t, o.pidFile(), strconv.Itoa(os.Getpid()))
	unlock, err := o.lockStack()
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	checkRefused(t, o, "has no nodes yet", "n1")
}

func TestAnUnknownHostIsRefusedWithThoseThatThereAre(t *testing.T) {
	o := startedLab(t, strconv.Itoa(os.Getpid())+"\n")
	writeFile(t, filepath.Join(o.namespaces(), "vpc"), "")
	writeFile(t, filepath.Join(o.namespaces(), "hosts", "n1"), "")
	checkRefused(t, o, `no host "n2"; accepted: n1, vpc`, "n2")
	checkRefused(t, o, "lab node needs a host; see lab -h; the hosts of the lab: n1, vpc")
}

func TestOnlyTheUserOfALabAndRootEnterItsNodes(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may enter every lab")
	}
	checkRefused(t, startedLab(t, "1"), "is that of another user", "n1")
}

func TestTheOptionsOfACommandOnANodeAreItsOwn(t *testing.T) {
	command := enterNode("7", "/x/n1", []string{"ip", "-br", "address"})
	if !slices.Equal(command[len(command)-6:], []string{"nsenter", "--net=/x/n1", "--", "ip", "-br", "address"}) {
		t.Errorf("%q", command)
	}
	if command := enterNode("7", "/x/n1", nil); command[len(command)-1] != "/bin/sh" {
		t.Errorf("without a command: %q", command)
	}
}

func TestDownloadedProgramsAreFound(t *testing.T) {
	machine, system := t.TempDir(), t.TempDir()
	t.Setenv("PATH", system)
	for _, tools := range []*build.Tools{{}, {Machine: machine}} {
		if err := findPrograms(tools); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(machine, "nft"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if path, err := exec.LookPath("nft"); path != filepath.Join(machine, "nft") || os.Getenv("PATH") != machine+":"+system {
		t.Errorf("%s (%v), PATH=%s", path, err, os.Getenv("PATH"))
	}
}
