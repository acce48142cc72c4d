package world_test

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"eksnet/internal/charts"
	"eksnet/rehearsal/internal/pace"
	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/rules"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

var (
	off          = flag.String("off", "", "turn this rule off and run only its own tests: they must fail")
	mutate       = flag.Bool("mutate", false, "turn each rule off in turn, each in a separate process")
	mutateWithin = flag.Duration("within", 0, "with -mutate: try a sample of the rules if all take longer than this; 0 for all")
)

// The tests in which rules refuse, with a subtest for each row of their tables.
const (
	awsPromise     = "TestWhatAWSRefusesIsRefused"
	clusterPromise = "TestWhatAClusterRefusesIsRefused"
)

func TestMain(m *testing.M) {
	flag.Parse()
	r, known := ruleNamed(*off)
	switch {
	case known:
		r.TurnOff()
	case *off != "":
		fmt.Fprintf(os.Stderr, "no rule is named %q\n", *off)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

func ruleNamed(name string) (store.Rule, bool) {
	for _, r := range rules.All() {
		if r.Name() == name {
			return store.Rule{Rule: r}, true
		}
	}
	return store.Rule{}, false
}

// passedOver reports whether a row belongs to another rule than the one that is turned off.
func passedOver(r store.Rule) bool { return *off != "" && r.Name() != *off }

// promise is a row of a table: the call that a rule refuses.
type promise struct{ test, when string }

// promises returns the rows in which each rule refuses.
func promises() map[store.Rule][]promise {
	found := map[store.Rule][]promise{}
	for _, r := range allRefusals() {
		found[r.rule] = append(found[r.rule], promise{awsPromise, r.when})
	}
	for _, r := range allKubeRefusals() {
		found[r.rule] = append(found[r.rule], promise{clusterPromise, r.when})
	}
	return found
}

func TestEveryRuleRefusesInATest(t *testing.T) {
	seen := promises()
	for _, r := range rules.All() {
		if len(seen[store.Rule{Rule: r}]) == 0 {
			t.Errorf("%s: no test in which it refuses: %q", r.File(), r.Name())
		}
	}
}

func TestARuleHasAUniqueNameATextAndASource(t *testing.T) {
	names := map[string]bool{}
	for _, r := range rules.All() {
		if names[r.Name()] {
			t.Errorf("two rules are named %q", r.Name())
		}
		names[r.Name()] = true
		if r.Text() == "" || !strings.HasPrefix(r.Source(), "https://") {
			t.Errorf("%s: %q lacks a text or a source", r.File(), r.Name())
		}
	}
}

// TestATestNoticesEveryRuleThatIsTurnedOff runs the tests above once for each rule, with that rule off: they must fail.
func TestATestNoticesEveryRuleThatIsTurnedOff(t *testing.T) {
	if !*mutate {
		t.Skip("only with -mutate: make mutate-world")
	}
	if out, err := mutant(""); err != nil {
		t.Fatalf("the tests fail before any rule is turned off:\n%s", out)
	}
	all := rules.All()
	next, noticed := make(chan *rules.Rule), make(chan bool, len(all))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for r := range next {
				out, err := mutant(r.Name())
				failed := err != nil && strings.Contains(out, "--- FAIL: ") || strings.Contains(out, "panic: ")
				if !failed {
					t.Errorf("%s: no test fails when it is off: %q (%v)", r.File(), r.Name(), err)
				}
				noticed <- failed
			}
		})
	}
	limit := pace.New(*mutateWithin)
	for i, r := range all {
		if limit.Tries(i, len(all)) {
			next <- r
		}
	}
	close(next)
	workers.Wait()
	close(noticed)
	caught := 0
	for did := range noticed {
		if did {
			caught++
		}
	}
	skipped, _ := limit.Skipped()
	tried := len(all) - skipped
	t.Logf("%d rules turned off, %d detected, %d not", tried, caught, tried-caught)
	if skipped > 0 {
		t.Logf("a sample, as time was short: %d rules of %d", tried, len(all))
	}
}

// mutant runs the tests in a separate process in which a rule is off.
func mutant(rule string) (string, error) {
	folders, err := json.Marshal(worldtest.Charts())
	if err != nil {
		return "", err
	}
	command := exec.Command(os.Args[0], "-test.run=^("+awsPromise+"|"+clusterPromise+")$", "-off="+rule)
	command.Env = append(os.Environ(), worldtest.ModuleVariable+"="+worldtest.ControllerModule(), worldtest.GatewayModuleVariable+"="+worldtest.GatewayModule(), worldtest.ChartsVariable+"="+string(folders))
	out, err := command.CombinedOutput()
	return string(out), err
}

// plainErrors are the functions that may return errors without a rule: of files, of what is not modelled, and
// explanations.
var plainErrors = []string{"answered", "explain", "unmodelled", "Load", "Save", "replaceFile", "loadChart", "as"}

// A refusal without a rule does not compile, because its fields are those of another package. This test checks other
// errors, which would look like one.
func TestOnlyRulesRefuse(t *testing.T) {
	inPackages, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, inPackages...) {
		if strings.HasSuffix(file, "_test.go") || filepath.Dir(file) == "worldtest" {
			continue
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || slices.ContainsFunc(plainErrors, func(name string) bool { return strings.EqualFold(name, f.Name.Name) }) {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if made := plainError(n); made != "" {
					t.Errorf("%s: %s returns an error without a rule, with %s: use a rule, unmodelled or explain", set.Position(n.Pos()), f.Name.Name, made)
				}
				return true
			})
		}
	}
}

// plainError returns the function with which an expression creates an error that wraps none, "" for another expression.
func plainError(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	from, _ := function.X.(*ast.Ident)
	switch {
	case from == nil:
	case from.Name == "errors" && function.Sel.Name == "New":
		return "errors.New"
	case from.Name == "fmt" && function.Sel.Name == "Errorf":
		if format, ok := call.Args[0].(*ast.BasicLit); !ok || !strings.Contains(format.Value, "%w") {
			return "fmt.Errorf"
		}
	}
	return ""
}

func TestAnErrorOfTheSimulationIsReportedAsSuch(t *testing.T) {
	w := world.New(store.Options{Verify: *worldtest.Verify, Account: worldtest.Account, Charts: charts.Folders(filepath.Join(t.TempDir(), "none"))})
	_, err := helm.LoadChart(w.Options.Charts[charts.LoadBalancerController])
	if reported := store.CheckKnownError(err); !strings.HasPrefix(reported.Error(), "fault of the simulated account: chart ") {
		t.Errorf("reported as %v", reported)
	}
	if reported := store.CheckKnownError(ec2.VPCQuota.When(true)); reported != ec2.VPCQuota.When(true) && reported.Error() != ec2.VPCQuota.Text() {
		t.Errorf("a refusal is reported as %v", reported)
	}
}

// byFile returns the rules of each file, in the order of their names.
func byFile() map[string][]store.Rule {
	files := map[string][]store.Rule{}
	for _, r := range rules.All() {
		files[r.File()] = append(files[r.File()], store.Rule{Rule: r})
	}
	return files
}

// sortedFiles returns the files with rules, in the order of the packages.
func sortedFiles() []string {
	files := slices.Collect(maps.Keys(byFile()))
	slices.SortFunc(files, func(a, b string) int {
		return cmp.Or(slices.Index(layers, filepath.Dir(a))-slices.Index(layers, filepath.Dir(b)), strings.Compare(a, b))
	})
	return files
}

// concept returns the heading of a file in docs/world.md: what its package simulates, and the name of the file.
func concept(t *testing.T, file string) string {
	t.Helper()
	title := strings.TrimPrefix(simulated(t, filepath.Dir(file)), "the ")
	title = strings.ToUpper(title[:1]) + title[1:]
	name := strings.TrimSuffix(filepath.Base(file), ".go")
	if name == filepath.Dir(file) {
		return title
	}
	return title + ": " + strings.ReplaceAll(name, "_", " ")
}

var packageTitle = regexp.MustCompile(`(?s)^// Package \w+ simulates ([^:.]+)[:.]`)

// simulated returns what a package simulates, from its documentation.
func simulated(t *testing.T, name string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(name, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := packageTitle.FindSubmatch(text); found != nil {
			return strings.ReplaceAll(string(found[1]), "\n// ", " ")
		}
	}
	t.Fatalf("the documentation of package %s does not begin with what it simulates", name)
	return ""
}
