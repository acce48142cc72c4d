package simulated_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the report in docs/acceptance.md anew")

const (
	document = root + "/docs/acceptance.md"
	begin    = "<!-- report of the simulated account -->\n\n```\n"
)

func TestTheDocumentShowsTheReportOfAnAcceptance(t *testing.T) {
	got := newAcceptance(t).accept()
	if got.status != 0 {
		t.Fatalf("status %d: %s", got.status, got.complaints)
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	shown, after, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("%s has no %q", document, begin)
	}
	if mask(shown) == mask(got.out) {
		return
	}
	if !*update {
		t.Fatalf("%s shows another report; run: go test ./... -run Document -update. The report is\n%s", document, got.out)
	}
	if err := os.WriteFile(document, []byte(before+begin+got.out+"```\n"+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// mask replaces the times of the phases that this machine takes, and the spaces of tables. Of calls that take equally
// long, the order of the engine decides which one is critical.
func mask(text string) string {
	here := regexp.MustCompile(`(?m)^((?:check|preview|look|audit) +ok +- +)\S+`)
	text = strings.ReplaceAll(here.ReplaceAllString(text, "$1…"), " * ", "   ")
	return regexp.MustCompile(` +`).ReplaceAllString(text, " ")
}
