package scenario_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/scenario"
)

// keptEmpty are empty values that AWS keeps as they are, by type and property: an absent value would keep what the
// provider has read, so that the last group of a stack file could not be removed.
var keptEmpty = map[string]bool{"aws:eks/accessEntry:AccessEntry kubernetesGroups": true}

// An empty list or map is a value: it differs from what the provider computes, so every update would change it.
func TestNoStackSendsAnEmptyValueWhereTheProviderComputesOne(t *testing.T) {
	for _, name := range engine.Stacks(root) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			seen := 0
			r := openRehearsal(t, func(o *scenario.Options) {
				o.Stack = name
				o.Edit = func(request *pulumirpc.RegisterResourceRequest) {
					mu.Lock()
					defer mu.Unlock()
					typ, err := schema.ForResource(request.GetType())
					if err != nil || !strings.HasPrefix(request.GetType(), "aws:") {
						return
					}
					seen++
					for _, path := range emptyPaths("", request.GetObject().AsMap()) {
						if typ.Computed(path) && !keptEmpty[request.GetType()+" "+path] {
							t.Errorf("%s %s is sent an empty %s", request.GetType(), request.GetName(), path)
						}
					}
				}
			})
			if preview := r.Preview(context.Background()); preview.Error != "" {
				t.Fatal(preview.Error)
			}
			if seen < 30 {
				t.Errorf("%d resources of AWS were registered", seen)
			}
		})
	}
}

// emptyPaths returns the paths of empty lists, maps and texts, without indexes.
func emptyPaths(prefix string, value any) []string {
	var paths []string
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			return []string{prefix}
		}
		for name, element := range v {
			paths = append(paths, emptyPaths(strings.TrimPrefix(prefix+"."+name, "."), element)...)
		}
	case []any:
		if len(v) == 0 {
			return []string{prefix}
		}
		for _, element := range v {
			paths = append(paths, emptyPaths(prefix, element)...)
		}
	case string:
		if v == "" {
			return []string{prefix}
		}
	}
	return paths
}

// The component's provider runs in the operator's shell. A setting from there in the state would be an update for
// every other operator.
func TestTheOperatorsProfileIsNotInTheState(t *testing.T) {
	dir := t.TempDir()
	as := func(profile string, do func(*scenario.Rehearsal)) (registered string) {
		shell, err := engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(root, "rehearsal", "node_modules"),
			Environment: []string{"AWS_PROFILE=" + profile, "AWS_DEFAULT_PROFILE=" + profile, "KUBECONFIG=/home/" + profile}})
		if err != nil {
			t.Fatal(err)
		}
		defer shell.Close()
		var mu sync.Mutex
		r := openRehearsal(t, func(o *scenario.Options) {
			o.Dir, o.Host = dir, shell
			o.Edit = func(request *pulumirpc.RegisterResourceRequest) {
				mu.Lock()
				defer mu.Unlock()
				registered += request.GetObject().String()
			}
		})
		defer r.Close()
		do(r)
		return registered
	}
	registered := as("first-operator", func(r *scenario.Rehearsal) {
		if up := r.Up(context.Background()); up.Error != "" {
			t.Fatal(up.Error)
		}
	})
	state, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(registered+string(state), "first-operator") {
		t.Error("the profile of the operator's shell is in a property")
	}
	if strings.Count(registered, "get-token") < 3 {
		t.Error("not every kubeconfig was looked at")
	}
	as("second-operator", func(r *scenario.Rehearsal) {
		if again := r.UpAgain(context.Background()); again.Error != "" {
			t.Errorf("for a second operator up reports %s", again.Error)
		}
	})
}
