package world_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
)

var update = flag.Bool("update", false, "regenerate docs/world.md")

// page holds the content of docs/world.md.
type page struct {
	Count          int
	Actors         []actorRow
	Linger, Active int
	TimeOuts       []timeOutRow
	Needs          []needRow
	Gaps           []string
	Concepts       []conceptTable
}

type (
	actorRow     struct{ Name, Does, Needs string }
	timeOutRow   struct{ Rule, Seconds string }
	needRow      struct{ Later, Earlier, Up, Down string }
	ruleRow      struct{ Name, Text, Source, Test string }
	conceptTable struct {
		Title string
		Rules []ruleRow
	}
)

func TestTheSimulatedAccountIsDocumented(t *testing.T) {
	written := documented(t)
	path := filepath.Join("..", "..", "docs", "world.md")
	if *update {
		if err := os.WriteFile(path, []byte(written), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	current, _ := os.ReadFile(path)
	if string(current) != written {
		t.Error("docs/world.md does not match the rules: cd rehearsal && go test ./world -run Documented -update")
	}
}

func documented(t *testing.T) string {
	t.Helper()
	p := page{Linger: int(elb.BalancerLingers.Seconds()), Active: int(elb.BalancerActive.Seconds()), Gaps: world.Gaps}
	for _, a := range world.Actors {
		p.Actors = append(p.Actors, actorRow{a.Name, a.Does, a.Needs})
	}
	for r, limit := range world.Timeouts() {
		p.TimeOuts = append(p.TimeOuts, timeOutRow{r.Name(), fmt.Sprint(int(limit.Seconds()))})
	}
	slices.SortFunc(p.TimeOuts, func(a, b timeOutRow) int { return strings.Compare(a.Rule, b.Rule) })
	for _, n := range world.Needs() {
		p.Needs = append(p.Needs, needRow{n.Later, n.Earlier, nameOr(n.Up), nameOr(n.Down)})
	}
	seen := promises()
	for _, file := range sortedFiles() {
		table := conceptTable{Title: concept(t, file)}
		for _, r := range byFile()[file] {
			p.Count++
			table.Rules = append(table.Rules, ruleRow{cell(r.Name()), code(r.Text()), linked(r.Source()), testsOf(seen[r])})
		}
		p.Concepts = append(p.Concepts, table)
	}
	var text strings.Builder
	if err := template.Must(template.ParseFiles("world.md.tmpl")).Execute(&text, p); err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(text.String(), "\n") + "\n"
}

func nameOr(r store.Rule) string {
	if r == (store.Rule{}) {
		return "–"
	}
	return r.Name()
}

// testsOf returns the tests of a rule: what the rows of its tables do.
func testsOf(seen []promise) string {
	var rows []string
	for _, p := range seen {
		rows = append(rows, cell(p.when))
	}
	return cmp.Or(strings.Join(rows, "; "), "nothing")
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// code returns a text in as many backticks as it needs.
func code(text string) string {
	text = strings.ReplaceAll(cell(text), "\n", " ")
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

var address = regexp.MustCompile(`https://[^\s;,)]+`)

// linked makes the first address of a source a link, followed by its explanation.
func linked(source string) string {
	at := address.FindStringIndex(source)
	if at == nil {
		return cell(source)
	}
	rest := strings.Trim(source[at[1]:], " ;,")
	return strings.TrimSpace("[source](" + source[:at[1]] + ") " + cell(strings.Trim(rest, "()")))
}

func TestEveryActorIsDescribed(t *testing.T) {
	for _, a := range world.Actors {
		if a.Does == "" || a.Needs == "" {
			t.Errorf("%s", a.Name)
		}
	}
}
