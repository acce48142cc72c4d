package scenario_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/scenario"
)

// stackChange is an edit of an existing stack, with everything that up changes for it.
type stackChange struct {
	// before changes the account before the edits, as another controller or an operator does; nil for nothing.
	before func(*testing.T, *scenario.Rehearsal)
	edits  []edit
	// want has a line for each resource that up changes, such as "update NodeGroup changes-general (scalingConfig)".
	// All other resources must not change.
	want string
	// moved are the workloads that get another address. All others must keep theirs.
	moved []string
	// nodes is the number of nodes of node groups afterwards, by name in the stack file.
	nodes map[string]int
	// pods is the number of pods of one workload.
	pods podCount
}

type edit = changes.Edit

var setKey, dropKey, setEach = changes.Set, changes.Drop, changes.Each

// applyEdits edits the configuration of a stack file.
func applyEdits(t *testing.T, config changes.Config, edits ...edit) {
	t.Helper()
	for _, e := range edits {
		if err := e(config); err != nil {
			t.Fatal(err)
		}
	}
}

// builtFolder returns a folder with the stack after its first up. It is created once, and each test continues from a
// copy.
func builtFolder(t *testing.T) string {
	t.Helper()
	builtOnce.Do(func() {
		var project string
		for _, dir := range []*string{&project, &builtOnce.dir} {
			if *dir, builtOnce.err = os.MkdirTemp("", "rehearsal-"); builtOnce.err != nil {
				return
			}
			sharedFolders = append(sharedFolders, *dir)
		}
		saveProject(t, project, loadConfig(t, "changes"))
		r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = builtOnce.dir, project, "changes" })
		defer r.Close()
		if up := r.Up(context.Background()); up.Error != "" {
			builtOnce.err = fmt.Errorf("up: %s", up.Error)
		}
	})
	if builtOnce.err != nil {
		t.Fatal(builtOnce.err)
	}
	return builtOnce.dir
}

var builtOnce struct {
	sync.Once
	dir string
	err error
}

// copyBuilt returns the test's own copy of the folder with the stack after up.
func copyBuilt(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(builtFolder(t))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// rehearseChanges rehearses changes of the stack one after the other, and then its destroy.
func rehearseChanges(t *testing.T, all ...stackChange) {
	t.Helper()
	t.Parallel()
	rehearseChangesFrom(t, copyBuilt(t), loadConfig(t, "changes"), all...)
}

// rehearseChangesFrom rehearses changes of the stack in a folder.
func rehearseChangesFrom(t *testing.T, dir string, values changes.Config, all ...stackChange) {
	t.Helper()
	project := t.TempDir()
	in := func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" }
	for _, c := range all {
		applyEdits(t, values, c.edits...)
		saveProject(t, project, values)
		r := openRehearsal(t, in)
		c.rehearse(t, r)
		r.Close()
	}
	r := openRehearsal(t, in)
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up reports %s", again.Error)
	}
	if destroy := r.Destroy(context.Background()); destroy.Error != "" {
		t.Errorf("destroy reports %s", destroy.Error)
	}
}

// loadConfig reads a stack file without changes.
func loadConfig(t *testing.T, name string) changes.Config {
	t.Helper()
	config, err := changes.Load("testdata/Pulumi." + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// saveProject writes a project with the changed stack file.
func saveProject(t *testing.T, dir string, config changes.Config) {
	t.Helper()
	if err := changes.Save(dir, root, "changes", config); err != nil {
		t.Fatal(err)
	}
}

// rehearse makes the change and checks everything that it changed.
func (c stackChange) rehearse(t *testing.T, r *scenario.Rehearsal) {
	t.Helper()
	if c.before != nil {
		c.before(t, r)
	}
	existing, addresses := countResources(r), addressesOf(r)
	c.checkPreview(t, r)
	up := r.Up(context.Background())
	if up.Error != "" {
		t.Fatalf("up reports %s", up.Error)
	}
	want := changes.Lines(c.want)
	if got := changedLines(up); !slices.Equal(got, want) {
		t.Errorf("up changes\n  %s\nand must change\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	count := map[string]int{}
	for _, line := range want {
		count[line[:strings.Index(line, " ")]]++
	}
	if up.Created != count["create"] || up.Updated != count["update"] || up.Replaced != count["replace"] || up.Deleted != count["delete"] {
		t.Errorf("created %d, updated %d, replaced %d, deleted %d: want %v", up.Created, up.Updated, up.Replaced, up.Deleted, count)
	}
	if touched := up.Updated + up.Replaced + up.Deleted; up.Same+touched != existing {
		t.Errorf("of %d resources %d are the same and %d are not", existing, up.Same, touched)
	}
	c.checkAddresses(t, addresses, r)
	for group, want := range c.nodes {
		if got := nodesOf(t, r, group); got != want {
			t.Errorf("group %s has %d nodes and not %d", group, got, want)
		}
	}
	c.pods.check(t, r)
	// Workload ip-udp names zones: a pod of it in another one is not used.
	unused := func(line string) bool {
		return strings.HasPrefix(line, "k8s-ipudp-") && strings.Contains(line, "Target.NotInUse")
	}
	if lost := slices.DeleteFunc(r.World().Unreachable(), unused); len(lost) > 0 {
		t.Errorf("load balancers reach nothing: %s", lost)
	}
	if refresh := r.Refresh(context.Background()); refresh.Error != "" {
		t.Errorf("refresh reports %s", refresh.Error)
	}
}

// checkPreview checks that a preview lists the same resources.
func (c stackChange) checkPreview(t *testing.T, r *scenario.Rehearsal) {
	t.Helper()
	preview := r.Preview(context.Background())
	if preview.Error != "" {
		t.Fatalf("preview reports %s", preview.Error)
	}
	if got, want := changes.Previewed(changedLines(preview)), changes.Previewed(changes.Lines(c.want)); !slices.Equal(got, want) {
		t.Errorf("preview shows\n  %s\nand up should do\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// checkAddresses compares the workloads' addresses. An address that no workload has any more must belong to no load
// balancer.
func (c stackChange) checkAddresses(t *testing.T, before map[string]any, r *scenario.Rehearsal) {
	t.Helper()
	world, err := os.ReadFile(filepath.Join(r.Dir, "world.json"))
	if err != nil {
		t.Fatal(err)
	}
	after := addressesOf(r)
	used := slices.Collect(maps.Values(after))
	for workload, address := range before {
		stays := !slices.Contains(c.moved, workload)
		if now, there := after[workload]; there && (now == address) != stays {
			t.Errorf("the address of %s was %v and is %v", workload, address, now)
		}
		if exists := strings.Contains(string(world), address.(string)); exists != slices.Contains(used, address) {
			t.Errorf("%s, the address of %s before, still exists: %v", address, workload, exists)
		}
	}
}

// countResources returns the number of resources that an operation counts. Default providers, which the engine adds,
// are not counted.
func countResources(r *scenario.Rehearsal) int {
	count := 0
	for _, resource := range r.State().Resources() {
		if !strings.HasPrefix(resource.URN.Name(), "default") {
			count++
		}
	}
	return count
}

// addressesOf returns the addresses of the workloads by name.
func addressesOf(r *scenario.Rehearsal) map[string]any {
	for _, resource := range r.State().Resources() {
		if resource.Type == "pulumi:pulumi:Stack" {
			of, _ := resource.Outputs["addresses"].(map[string]any)
			return of
		}
	}
	return nil
}

// changedLines returns the resources that an operation changed as text, sorted, without the outputs of the stack.
func changedLines(o scenario.Operation) []string { return changes.Changed(o.Changes) }
