package checkov

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/security.md anew")

const document = "../../docs/security.md"

func TestTheDocumentedFindingsAreThoseThatAreExplained(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for name, choice := range map[string]bool{"findings by design": false, "findings by choice": true} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, begun := strings.Cut(got, begin)
		_, after, ended := strings.Cut(rest, end)
		if !begun || !ended {
			t.Fatalf("%s has no %s … %s", document, strings.TrimSpace(begin), end)
		}
		got = before + begin + table(choice) + end + after
	}
	if got == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s differs from the explanations; run: cd lab && go test ./checkov -run Documented -update", document)
	}
	if err := os.WriteFile(document, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

// table lists the explanations of findings by design, or by a choice in the stack file.
func table(choice bool) string {
	var b strings.Builder
	b.WriteString("| check | expects | finding in | why |")
	if choice {
		b.WriteString(" key |")
	}
	b.WriteString("\n|---|---|---|---|" + map[bool]string{true: "---|"}[choice] + "\n")
	for _, e := range Explanations {
		if (e.Key != "") != choice {
			continue
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |", e.Check, e.Expects, e.Resource, cmp.Or(e.Reason, "–"))
		if choice {
			fmt.Fprintf(&b, " `%s` |", e.Key)
		}
		b.WriteString("\n")
	}
	return b.String()
}
