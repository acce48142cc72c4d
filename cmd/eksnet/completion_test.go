package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
)

// asCommand makes the test binary the command, for shells.
const asCommand = "EKSNET_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// completed are command lines, the last word of which is to be completed, and what it is completed with.
var completed = []struct {
	line []string
	want []string
}{
	{[]string{""}, []string{"plan", "path", "speed", "validate", "init", "schema", "completion"}},
	{[]string{"pl"}, []string{"plan"}},
	{[]string{"plan", ""}, []string{"dev", "staging"}},
	{[]string{"plan", "st"}, []string{"staging"}},
	{[]string{"plan", "dev", ""}, nil},
	{[]string{"plan", "-json", "d"}, []string{"dev"}},
	{[]string{"path", "dev", ""}, []string{"echo", "fast"}},
	{[]string{"speed", "dev", ""}, []string{"fast"}},
	{[]string{"validate", "dev", ""}, []string{"staging"}},
	{[]string{"completion", ""}, []string{"bash", "fish", "zsh"}},
	{[]string{"init", "new", "-region", "eu-n"}, []string{"eu-north-1"}},
	{[]string{"init", "new", "-endpoint", ""}, []string{"private"}},
	{[]string{"path", "dev", "-"}, []string{"-C", "-json", "-root"}},
	{[]string{"speed", "-s"}, []string{"-seconds", "-svg"}},
	{[]string{"up", ""}, nil},
	{[]string{"speed", "dev", "-seconds", ""}, nil},
	{[]string{"plan", "dev", "-without-zone", ""}, []string{"ap-northeast-2a", "ap-northeast-2b"}},
	{[]string{"plan", "-without-zone", ""}, nil},
}

func completionFolder(t *testing.T) string {
	dir := stackfiletest.Folder(t, root, append(slices.Clone(good[:6]), `eksnet:workloads: {echo: {kind: nlb}, fast: {kind: speed}}`)...)
	stackfiletest.Write(t, dir, "Pulumi.staging.yaml", "config: {}\n")
	return dir
}

func TestCommandLinesAreCompleted(t *testing.T) {
	dir, elsewhere := completionFolder(t), completionFolder(t)
	t.Chdir(dir)
	for _, test := range completed {
		_, out, complaints := eksnet(append([]string{completeCommand}, test.line...)...)
		if got := strings.Fields(out); !slices.Equal(got, test.want) || complaints != "" {
			t.Errorf("%q is completed with %q, want %q; %s", test.line, got, test.want, complaints)
		}
	}
	t.Chdir(t.TempDir())
	if _, out, _ := eksnet(completeCommand, "plan", "-C", elsewhere, ""); out != "dev\nstaging\n" {
		t.Errorf("the stacks of %s are completed with %q", elsewhere, out)
	}
	if _, out, _ := eksnet(completeCommand, "plan", ""); out != "" {
		t.Errorf("without a project a stack is completed with %q", out)
	}
}

// bash has the script of completion and the line, and prints what it would complete with.
func TestBashCompletesCommandLines(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, programs := completionFolder(t), t.TempDir()
	if err := os.Symlink(self, filepath.Join(programs, "eksnet")); err != nil {
		t.Fatal(err)
	}
	stackfiletest.Write(t, dir, "network.svg", "")
	lines := []struct{ line, want []string }{
		{[]string{"plan", "dev", "-svg", "net"}, []string{"network.svg"}},
		{[]string{"plan", "-C", dir}, []string{dir}},
	}
	for _, test := range completed {
		lines = append(lines, struct{ line, want []string }{test.line, test.want})
	}
	for _, test := range lines {
		script := `source <(eksnet completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
completion=$(complete -p eksnet | sed -n 's/.*-F \([^ ]*\) .*/\1/p'); $completion; printf '%s\n' "${COMPREPLY[@]}"`
		shell := exec.Command(bash, append([]string{"--norc", "--noprofile", "-c", script, "bash", "eksnet"}, test.line...)...)
		shell.Dir = dir
		shell.Env = append(os.Environ(), asCommand+"=1", "PATH="+programs+":"+os.Getenv("PATH"))
		out, err := shell.CombinedOutput()
		if got := strings.Fields(string(out)); err != nil || fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%q is completed with %q, want %q; %v", test.line, got, test.want, err)
		}
	}
}
