package leftover

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of docs/teardown.md anew")

const document = "../../docs/teardown.md"

func TestTheTeardownGuideHasTheDocumentedKindsAndKeys(t *testing.T) {
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for name, table := range map[string]string{"keys": keysTable(), "order of deletion": kindsTable()} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
		before, rest, begun := strings.Cut(got, begin)
		_, after, ended := strings.Cut(rest, end)
		if !begun || !ended {
			t.Fatalf("%s has no %s … %s", document, strings.TrimSpace(begin), end)
		}
		got = before + begin + table + end + after
	}
	if got == string(text) {
		return
	}
	if !*update {
		t.Fatalf("%s differs from the table of leftovers; run: go test ./internal/leftover -run Documented -update", document)
	}
	if err := os.WriteFile(document, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

// source is the reference at the end of a reason.
var source = regexp.MustCompile(`\(([^ ]+)\)$`)

// keysTable lists how resources are recognized.
func keysTable() string {
	var b strings.Builder
	b.WriteString("| created by | resources | recognized by | why they remain |\n|---|---|---|---|\n")
	for _, k := range Keys {
		var names, marks []string
		for _, typ := range k.Types {
			kind, _ := KindOf(typ)
			names = append(names, kind.Name)
		}
		if len(names) == 0 {
			names = []string{"all that have tags"}
		}
		if k.Tag != "" {
			marks = append(marks, "tag `"+k.Tag+": "+strings.ReplaceAll(k.Value, "*", "any value")+"`")
		}
		if k.Pattern != "" {
			marks = append(marks, "name or text `"+strings.ReplaceAll(k.Pattern, "|", `\|`)+"`")
		}
		if k.Inside {
			marks = append(marks, "in a VPC of the stack")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", k.Creator, strings.Join(names, ", "), strings.Join(marks, ", "), source.ReplaceAllStringFunc(k.Why, link))
	}
	return b.String()
}

// link makes a reference such as (owner/name#1) a link.
func link(reference string) string {
	name := strings.Trim(reference, "()")
	if repository, number, isIssue := strings.Cut(name, "#"); isIssue {
		return fmt.Sprintf("([%s#%s](https://github.com/%s/issues/%s))", repository[strings.Index(repository, "/")+1:], number, repository, number)
	}
	return "([documentation](https://" + name + "))"
}

// kindsTable lists the commands in the order in which they work.
func kindsTable() string {
	var b strings.Builder
	b.WriteString("| resource | costs | exists according to | command |\n|---|---|---|---|\n")
	for _, k := range Kinds {
		fmt.Fprintf(&b, "| %s | %s | %s | `%s` |\n", k.Name, k.PriceText(), confirmation(k), upperWords(k.Command))
	}
	return b.String()
}

// confirmation is the call that confirms a kind, in code.
func confirmation(k Kind) string {
	if k.Confirm == "" {
		return ""
	}
	return "`" + k.Confirm + "`"
}

// upperWords writes the words in braces of a command in capitals, as the guide does.
func upperWords(command string) string {
	return placeholder.ReplaceAllStringFunc(command, func(word string) string {
		return strings.ToUpper(strings.Trim(word, "{}"))
	})
}
