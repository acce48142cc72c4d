package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// TestMain makes the test binary the vet tool that the tests run.
func TestMain(m *testing.M) {
	if last := os.Args[len(os.Args)-1]; last == "-flags" || last == "-V=full" || strings.HasSuffix(last, ".cfg") {
		// without the flags of tests, which go vet would pass
		flag.CommandLine = flag.NewFlagSet("analyze", flag.ExitOnError)
		main()
		return
	}
	os.Exit(m.Run())
}

func TestEveryAnalyzerOfGoVetRuns(t *testing.T) {
	help, err := exec.Command("go", "tool", "vet", "help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(help), "Registered analyzers:")
	list, _, _ = strings.Cut(list, "By default")
	registered := regexp.MustCompile(`(?m)^    (\w+) +\S`).FindAllStringSubmatch(list, -1)
	if len(registered) < 30 {
		t.Fatalf("go vet has %d analyzers:\n%s", len(registered), help)
	}
	for _, match := range registered {
		if !slices.ContainsFunc(vetAnalyzers, func(a *analysis.Analyzer) bool { return a.Name == match[1] }) {
			t.Errorf("%s does not run", match[1])
		}
	}
}

// mistakes is a project whose files have a mistake in each line with a comment. The comment is a part of the expected
// diagnostic.
var mistakes = map[string]string{
	"go.mod": "module eksnet\n\ngo 1.26.6\n\nrequire example.com/old v0.0.0\n\nreplace example.com/old => ./old\n",

	"old/go.mod":       "module example.com/old\n\ngo 1.26.6\n",
	"old/old.go":       "package old\n\n// Gone was.\n//\n// Deprecated: use\n// Here.\nfunc Gone() {}\n\nfunc Here() {}\n\ntype Box struct {\n\t// Deprecated: of no use.\n\tLid int\n\tFloor int\n}\n",
	"old/dead/dead.go": "// Package dead was.\n//\n// Deprecated: it is.\npackage dead\n\nconst Is = 1\n",

	"say/say.go": `package say

import "fmt"

func Sayf(format string, values ...any) { fmt.Printf(format, values...) }

func One() int { return 1 }
`,
	"main.go": `package main

import (
	"errors"
	"fmt"
	"strings"

	"eksnet/say"
	"example.com/old"
	"example.com/old/dead" // "example.com/old/dead" is deprecated: it is. (SA1019)
)

func main() {
	fmt.Printf("%d", "x") // fmt.Printf format %d has arg "x" of wrong type string
	say.Sayf("%d", "x")   // Sayf format %d has arg "x" of wrong type string
	old.Gone()            // old.Gone is deprecated: use Here. (SA1019)
	old.Here()
	_ = old.Box{Floor: dead.Is}.Floor
	_ = old.Box{}.Lid       // Lid is deprecated: of no use. (SA1019)
	_ = strings.Title("x")  // strings.Title has been deprecated since Go 1.18
	_ = errors.New("Wrong thing") // error strings should not be capitalized (ST1005)
	if tested() == true {   // should omit comparison to bool constant
	}
	one := say.One() // this value of one is never used (SA4006)
	one = say.One()
	_ = one
}

func lonely() {} // func lonely is unused (U1000)

func tested() bool { return onlyForTests != 0 }

const onlyForTests = 1

func helper() {}
`,
	"main_test.go": `package main

import "testing"

func TestHelper(*testing.T) { helper() }

func idle() {} // func idle is unused (U1000)
`,
}

// writeProject writes files into a folder.
func writeProject(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOnlyTheMistakesThatVetOrStaticcheckFindAreReported(t *testing.T) {
	tool, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeProject(t, dir, mistakes)
	vet := exec.Command("go", "vet", "-vettool="+tool, "./...")
	vet.Dir, vet.Env = dir, append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=-mod=mod")
	output, err := vet.CombinedOutput()
	if err == nil {
		t.Error("go vet succeeds")
	}
	reported := map[string][]string{}
	for _, match := range regexp.MustCompile(`(?m)^(?:vet: )?(?:\./)?(\S+\.go:\d+):\d+: (.*)$`).FindAllStringSubmatch(string(output), -1) {
		reported[match[1]] = append(reported[match[1]], match[2])
	}
	for name, text := range mistakes {
		for i, line := range strings.Split(text, "\n") {
			at := name + ":" + strconv.Itoa(i+1)
			_, want, wanted := strings.Cut(line, " // ")
			got := strings.Join(reported[at], "; ")
			if !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, "old/") {
				wanted = false
			}
			if wanted != (got != "") || !strings.Contains(got, want) && wanted {
				t.Errorf("%s: reported %q, want %q", at, got, want)
			}
		}
	}
	if t.Failed() {
		t.Log(string(output))
	}
}
