package scenario_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

const root = "../.."

var verify = flag.Bool("verify", false, "check after each call that the actors' queues miss nothing; slow")

// sharedHost is used by all tests, because its Node process takes a second to start.
var sharedHost *engine.Host

// sharedFolders are folders that tests share until all tests have ended.
var sharedFolders []string

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if sharedHost, err = engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(root, "rehearsal", "node_modules")}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	sharedHost.Close()
	for _, dir := range sharedFolders {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// openRehearsal opens a rehearsal in its own folder; change edits its options.
func openRehearsal(t *testing.T, change ...func(*scenario.Options)) *scenario.Rehearsal {
	t.Helper()
	r, err := tryOpenRehearsal(t, change...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryOpenRehearsal(t *testing.T, change ...func(*scenario.Options)) (*scenario.Rehearsal, error) {
	t.Helper()
	options := scenario.Options{Root: root, Stack: "local", Program: engine.Inline(stack.Program), Dir: t.TempDir(), Install: filepath.Join(root, "rehearsal"), Host: sharedHost, Verify: *verify}
	for _, c := range change {
		c(&options)
	}
	r, err := scenario.Open(options)
	if err == nil {
		t.Cleanup(func() { r.Close() })
	}
	return r, err
}

// projectWith creates a folder with the project and one stack file: local with some texts replaced.
func projectWith(t *testing.T, replace ...string) func(*scenario.Options) {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []string{"Pulumi.yaml", "Pulumi.local.yaml"} {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		for i := 0; i < len(replace) && file != "Pulumi.yaml"; i += 2 {
			if !strings.Contains(text, replace[i]) {
				t.Fatalf("%s has no %q to replace", file, replace[i])
			}
			text = strings.ReplaceAll(text, replace[i], replace[i+1])
		}
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return func(o *scenario.Options) { o.Root = dir }
}

// stateGraph is the resources of a state, including those of the eks component.
type stateGraph []apitype.ResourceV3

func localGraph(t *testing.T) stateGraph { return graphOf(t, "local") }

// labGraph returns that of the stack with every sample.
func labGraph(t *testing.T) stateGraph { return graphOf(t, "lab-ap-northeast-2") }

// graphOf returns that of a committed stack after up.
func graphOf(t *testing.T, name string) stateGraph {
	t.Helper()
	g := stateOf(t, name).stateGraph
	if t.Failed() {
		t.FailNow()
	}
	return g
}

// find returns every resource of a type whose name contains a text. It fails if there is none.
func (g stateGraph) find(t testing.TB, typ, name string) []apitype.ResourceV3 {
	t.Helper()
	var found []apitype.ResourceV3
	for _, r := range g {
		if string(r.Type) == typ && strings.Contains(r.URN.Name(), name) {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		t.Fatalf("the stack has no %s %q", typ, name)
	}
	return found
}

// behind returns everything that a resource is created after and deleted before: dependencies, parent and provider,
// and the resources of components among those.
func (g stateGraph) behind(u urn.URN) map[urn.URN]bool {
	byURN, within := map[urn.URN]apitype.ResourceV3{}, map[urn.URN][]urn.URN{}
	for _, r := range g {
		byURN[r.URN] = r
		within[r.Parent] = append(within[r.Parent], r.URN)
	}
	seen := map[urn.URN]bool{}
	var walk, open func(urn.URN)
	walk = func(at urn.URN) {
		r := byURN[at]
		for _, next := range append(dependencies(r), r.Parent) {
			if next == "" || seen[next] {
				continue
			}
			seen[next] = true
			walk(next)
		}
		for _, next := range dependencies(r) {
			if !byURN[next].Custom {
				open(next)
			}
		}
	}
	open = func(component urn.URN) {
		for _, child := range within[component] {
			if child != u && !seen[child] {
				seen[child] = true
				walk(child)
				open(child)
			}
		}
	}
	walk(u)
	return seen
}

func dependencies(r apitype.ResourceV3) []urn.URN {
	all := slices.Clone(r.Dependencies)
	for _, urns := range r.PropertyDependencies {
		all = append(all, urns...)
	}
	if i := strings.LastIndex(r.Provider, resource.URNNameDelimiter); i > 0 {
		all = append(all, urn.URN(r.Provider[:i]))
	}
	return all
}

// mustComeAfter fails unless every resource of the first type comes after every one of the second.
func (g stateGraph) mustComeAfter(t *testing.T, typ, name, earlierType, earlierName string) {
	t.Helper()
	for _, later := range g.find(t, typ, name) {
		behind := g.behind(later.URN)
		for _, earlier := range g.find(t, earlierType, earlierName) {
			if !behind[earlier.URN] {
				t.Errorf("%s %s does not wait for %s %s", typ, later.URN.Name(), earlierType, earlier.URN.Name())
			}
		}
	}
}

// mustNotWait fails if a resource of the first type comes after one of the second.
func (g stateGraph) mustNotWait(t *testing.T, typ, name, otherType, otherName string) {
	t.Helper()
	for _, one := range g.find(t, typ, name) {
		behind := g.behind(one.URN)
		for _, other := range g.find(t, otherType, otherName) {
			if behind[other.URN] {
				t.Errorf("%s %s waits for %s %s", typ, one.URN.Name(), otherType, other.URN.Name())
			}
		}
	}
}
