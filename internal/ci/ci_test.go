// Package ci tests the scripts in .ci with fake commands.
package ci

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fakeCommand appends its name and arguments to the file calls, and exits with the status in the variable of its name,
// such as LAB=2, and as lab whose nodes run with NODES. As make it exits with 2 for a target that BROKEN lists.
const fakeCommand = `#!/usr/bin/env bash
name=$(basename "$0")
echo "$name $*" >>calls
case $name in
make) [[ " $BROKEN " != *" $1 "* ]] || exit 2 ;;
ready)
	if [ "${READY:-0}" = 0 ]; then echo "lab: RUN: it is built"; else echo "lab: SKIPPED: no time"; fi
	exit "${READY:-0}"
	;;
lab)
	[[ " $* " != *" mesh-"* ]] || exit "${MESH:-0}"
	[[ " $* " != *" run "* ]] || exit "${NODES:-${LAB:-0}}"
	exit "${LAB:-0}"
	;;
prove) [[ " $BROKEN " != *" prove-$2 "* ]] || exit 1 ;;
checkov) exit "${CHECKOV:-0}" ;;
esac
`

// runScript runs a script of .ci in a checkout with fake commands. It returns its output, the calls that it made and
// its exit status.
func runScript(t *testing.T, name string, environment ...string) (output string, calls []string, status int) {
	t.Helper()
	dir := t.TempDir()
	write := func(file, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join("../../.ci", name))
	if err != nil {
		t.Fatal(err)
	}
	write(".ci/"+name, string(text))
	for _, program := range []string{"path/make", "bin/ready", "bin/lab", "bin/prove", "bin/checkov"} {
		write(program, fakeCommand)
	}
	if slices.Contains(environment, "ISTIOD=compiled") {
		write(".lab/istiod-1/.complete", "")
	}
	for _, stack := range []string{"local", "other"} {
		write("Pulumi."+stack+".yaml", "config: {}\n")
	}
	command := exec.Command("bash", filepath.Join(dir, ".ci", name))
	command.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "path")+":"+os.Getenv("PATH"), "BROKEN=", "SPENT=0")
	command.Env = append(command.Env, environment...)
	said, err := command.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !asExitError(err, &exit) {
		t.Fatal(err)
	}
	made, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // it does not exist without calls
		t.Fatal(err)
	}
	return string(said), strings.FieldsFunc(string(made), func(r rune) bool { return r == '\n' }), command.ProcessState.ExitCode()
}

// firstWords returns the command of a call and its first argument.
func firstWords(call string) string {
	words := strings.Fields(call)
	return strings.Join(words[:min(2, len(words))], " ")
}

func asExitError(err error, exit **exec.ExitError) bool {
	found, ok := err.(*exec.ExitError)
	*exit = found
	return ok
}

var timeLimit = regexp.MustCompile(`(?:-within |-left |WITHIN=)(\d+)s`)

// timeLimits returns the time limits of calls in seconds.
func timeLimits(t *testing.T, calls []string) []int {
	t.Helper()
	var all []int
	for _, match := range timeLimit.FindAllStringSubmatch(strings.Join(calls, "\n"), -1) {
		seconds, err := strconv.Atoi(match[1])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, seconds)
	}
	if len(all) < 5 {
		t.Fatalf("times %v in\n%s", all, strings.Join(calls, "\n"))
	}
	return all
}

func TestARunChecksTheFixedPartAndThenTheLab(t *testing.T) {
	output, calls, status := runScript(t, "run")
	if status != 0 || !strings.Contains(output, "lab: RUN: it is built") || !strings.Contains(output, "all: ") {
		t.Errorf("status %d:\n%s", status, output)
	}
	var began []string
	for _, call := range calls {
		began = append(began, firstWords(call))
	}
	want := []string{"make test", "make rehearse-all", "make mutate-world", "make bin/prove", "prove -within", "prove -stack", "prove -stack",
		"make bin/ready", "ready -left", "make bin/lab", "lab -nodes", "make bin/checkov", "checkov"}
	if !slices.Equal(began, want) {
		t.Errorf("the script runs\n%s", strings.Join(calls, "\n"))
	}
}

func TestProofsAreLimitedToTheRemainingTime(t *testing.T) {
	_, quick, _ := runScript(t, "run", "SPENT=0")
	_, slow, _ := runScript(t, "run", "SPENT=2400")
	for i, seconds := range timeLimits(t, slow) {
		if was := timeLimits(t, quick)[i]; was-seconds < 2390 && seconds > 1 || seconds >= was {
			t.Errorf("call %d has %d s after 40 minutes, and %d s at the beginning", i, seconds, was)
		}
	}
}

func TestALateRunLimitsProofsToASecondAndSkipsTheLab(t *testing.T) {
	output, calls, status := runScript(t, "run", "SPENT=5300", "READY=1")
	if status != 0 || !strings.Contains(output, "lab: SKIPPED: no time") {
		t.Errorf("status %d:\n%s", status, output)
	}
	for _, seconds := range timeLimits(t, calls) {
		if seconds != 1 {
			t.Errorf("a proof has %d s:\n%s", seconds, strings.Join(calls, "\n"))
		}
	}
	if slices.ContainsFunc(calls, func(call string) bool { return strings.HasPrefix(call, "lab ") }) {
		t.Errorf("the lab runs:\n%s", strings.Join(calls, "\n"))
	}
}

func TestAFailureEndsTheRun(t *testing.T) {
	for environment, last := range map[string]string{
		"BROKEN=test":                     "make test",
		"BROKEN=rehearse-all":             "make rehearse-all",
		"BROKEN=mutate-world":             "make mutate-world",
		"BROKEN=bin/lab":                  "make bin/lab",
		"LAB=1":                           "lab -nodes run -test",
		"BROKEN=bin/checkov":              "make bin/checkov",
		"CHECKOV=1":                       "checkov ",
		"READY=2":                         "ready -left",
		"BROKEN=prove-lab-ap-northeast-2": "prove -stack lab-ap-northeast-2",
	} {
		output, calls, status := runScript(t, "run", environment)
		if end := calls[len(calls)-1]; status == 0 || !strings.HasPrefix(end, last) || strings.Contains(output, "all: ") {
			t.Errorf("%s: status %d after %s:\n%s", environment, status, end, output)
		}
	}
}

func TestALabThatCannotStartOnTheMachineIsNoError(t *testing.T) {
	for _, ended := range []string{"LAB=2", "LAB=124", "LAB=137"} {
		output, _, status := runScript(t, "run", ended)
		if status != 0 || strings.Count(output, "lab: SKIPPED: ") != 1 {
			t.Errorf("%s: status %d:\n%s", ended, status, output)
		}
	}
}

func TestTheLabSimulatesNodesThatTheMachineDoesNotRun(t *testing.T) {
	output, calls, status := runScript(t, "run", "NODES=2")
	if status != 0 || !slices.Contains(calls, "lab -test") || strings.Count(output, "packets: SKIPPED: ") != 1 {
		t.Errorf("status %d after\n%s:\n%s", status, strings.Join(calls, "\n"), output)
	}
}

func TestTheLabOfTheMeshRunsOnlyWhereIstiodIsCompiled(t *testing.T) {
	for environment, want := range map[string]string{
		"":                             "0 mesh: SKIPPED: istiod is not compiled",
		"ISTIOD=compiled":              "0 ",
		"ISTIOD=compiled MESH=1":       "1 ",
		"ISTIOD=compiled MESH=2":       "0 mesh: SKIPPED: it did not finish in time, or the machine lacks",
		"ISTIOD=compiled MESH=124":     "0 mesh: SKIPPED: it did not finish in time",
		"ISTIOD=compiled LAB=2 MESH=1": "0 mesh: SKIPPED: there is no time or no lab for it",
		"ISTIOD=compiled SPENT=5000":   "0 mesh: SKIPPED: there is no time or no lab for it",
	} {
		output, calls, status := runScript(t, "run", strings.Fields(environment)...)
		code, line, _ := strings.Cut(want, " ")
		ran := slices.Contains(calls, "lab -stack mesh-ap-northeast-2 -test")
		if strconv.Itoa(status) != code || line != "" && !strings.Contains(output, line) || line == "" && !ran {
			t.Errorf("%s: status %d, ran %t:\n%s", environment, status, ran, output)
		}
		if strings.Contains(line, "istiod is not") && ran || strings.Contains(line, "no time or no lab") && ran {
			t.Errorf("%s: it runs:\n%s", environment, strings.Join(calls, "\n"))
		}
	}
}

func TestCheckovRunsWhereTheMachineAndTheTimeAllowIt(t *testing.T) {
	for environment, line := range map[string]string{
		"CHECKOV=2":           "checkov: SKIPPED: it did not finish in time, or the machine lacks",
		"CHECKOV=124":         "checkov: SKIPPED: it did not finish in time",
		"READY=1":             "lab: SKIPPED: no time",
		"READY=1 SPENT=5000":  "checkov: SKIPPED: there is no time for it",
		"READY=1 CHECKOV=137": "checkov: SKIPPED: it did not finish in time",
	} {
		output, calls, status := runScript(t, "run", strings.Fields(environment)...)
		ran := slices.Contains(calls, "checkov ")
		if status != 0 || !strings.Contains(output, line) || ran == strings.Contains(line, "no time for it") {
			t.Errorf("%s: status %d, ran %t:\n%s", environment, status, ran, output)
		}
	}
}

func TestCheckAllContinuesAfterFailuresAndListsThem(t *testing.T) {
	output, calls, status := runScript(t, "check-all", "BROKEN=test prove-other lab-test")
	if status != 1 || !strings.Contains(output, "s, failed: test prove-other lab-test-local lab-test-dev-ap-northeast-2 lab-test-lab-ap-northeast-2 lab-test-mesh-ap-northeast-2 lab-test-platform-ap-northeast-2\n") {
		t.Errorf("status %d:\n%s", status, output)
	}
	for _, want := range []string{"make test SHORT=", "make rehearse-all", "make mutate-world", "prove -stack local", "prove -stack other", "make bench", "make lab-test STACK=local"} {
		if !slices.Contains(calls, want) {
			t.Errorf("the script does not run %s:\n%s", want, strings.Join(calls, "\n"))
		}
	}
	if dated := regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  `); len(dated.FindAllString(output, -1)) < 2*len(calls)-2 {
		t.Errorf("lines without a date:\n%s", output)
	}
}

func TestCheckAllSucceedsWithoutFailures(t *testing.T) {
	output, calls, status := runScript(t, "check-all", "READY=1")
	if status != 0 || !strings.Contains(output, "parts passed") || !strings.Contains(output, "lab: SKIPPED: no time") {
		t.Errorf("status %d:\n%s", status, output)
	}
	if slices.ContainsFunc(calls, func(call string) bool { return strings.HasPrefix(call, "make lab-test") }) {
		t.Errorf("the lab runs:\n%s", strings.Join(calls, "\n"))
	}
}

func TestCheckAllRunsTheSelectedParts(t *testing.T) {
	output, calls, status := runScript(t, "check-all", "PARTS=rehearse-all prove-*")
	want := []string{"make rehearse-all", "make bin/prove", "prove -stack local", "prove -stack other"}
	if status != 0 || !slices.Equal(calls, want) || !strings.Contains(output, "all 4 parts passed") {
		t.Errorf("status %d, calls %q:\n%s", status, calls, output)
	}
	if output, calls, status := runScript(t, "check-all", "PARTS=dance"); status != 1 || len(calls) > 0 || !strings.Contains(output, "no part is selected by PARTS='dance'") {
		t.Errorf("status %d, calls %q:\n%s", status, calls, output)
	}
}
