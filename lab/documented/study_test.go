package documented

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// row matches a row of the tables of docs/study.md: commands and where they work.
var row = regexp.MustCompile(`(?m)^\| (.*) \| (.*) \|$`)

var span = regexp.MustCompile("`([^`]+)`")

// Commands that a row marks with lab are run by lab-docs, so their output is compared.
func TestEachCommandOfStudyNotesThatWorksInTheLabIsRunThere(t *testing.T) {
	const file = "../../docs/study.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	commands, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, found := range row.FindAllStringSubmatch(string(text), -1) {
		if found[2] != "lab" && !strings.HasPrefix(found[2], "lab:") && !strings.HasPrefix(found[2], "lab.") && !strings.HasPrefix(found[2], "lab,") {
			continue
		}
		rows++
		for _, code := range span.FindAllStringSubmatch(found[1], -1) {
			if want := beginning(code[1]); !slices.ContainsFunc(commands, func(c Command) bool { return c.Skipped == "" && strings.Contains(c.Text, want) }) {
				t.Errorf("%s: no command of a code block has %q of the row %q", file, want, found[1])
			}
		}
	}
	if rows < 30 {
		t.Errorf("%d rows work in the lab", rows)
	}
}

// beginning returns the program of a command, and for kubectl and aws the action too. Of another text, such as a label
// or a file, it is the whole.
func beginning(command string) string {
	words := strings.Fields(command)
	if words[0] == "kubectl" || words[0] == "aws" {
		return strings.Join(words[:2], " ")
	}
	if words[0] == "watch" {
		return "ip link | egrep"
	}
	return words[0]
}

// The image of the load balancer controller has the controller alone (github.com/kubernetes-sigs/
// aws-load-balancer-controller, Dockerfile), while containers of the lab have the programs of its machine.
func TestNoDocumentRunsProgramsInTheImageOfTheLoadBalancerController(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents: %v", err)
	}
	for _, file := range append(files, "../../README.md") {
		commands, err := Read(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range commands {
			if strings.Contains(c.Text, "kubectl exec") && strings.Contains(c.Text, "aws-load-balancer-controller") {
				t.Errorf("%s: a real cluster has no program for %s", file, c.Text)
			}
		}
	}
}
