// Package registered runs a Pulumi program in a test without an engine, and returns the resources that it registers.
package registered

import (
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Resources holds the inputs of resources by short type and name, such as "SecurityGroup dev-endpoints".
type Resources map[string]map[string]any

// By returns the resources that a program registers. outputs holds, by the same keys, outputs that AWS would add to the
// inputs; the ID of each resource is its key.
func By(t *testing.T, outputs map[string]map[string]any, program pulumi.RunFunc) Resources {
	t.Helper()
	r := &recorder{outputs: outputs, resources: Resources{}}
	if err := pulumi.RunErr(program, pulumi.WithMocks("eksnet", "test", r)); err != nil {
		t.Fatal(err)
	}
	return r.resources
}

type recorder struct {
	mu        sync.Mutex
	outputs   map[string]map[string]any
	resources Resources
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := shortType(args.TypeToken) + " " + args.Name
	if _, twice := r.resources[key]; twice {
		return "", nil, fmt.Errorf("%s is registered twice", key) // the engine refuses it too
	}
	inputs := args.Inputs.Mappable()
	r.resources[key] = inputs
	state := maps.Clone(inputs)
	maps.Copy(state, r.outputs[key])
	return key, resource.NewPropertyMapFromMap(state), nil
}

func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	return args.Args, nil
}

// shortType returns the last part of a type token.
func shortType(token string) string {
	for i := len(token) - 1; i >= 0; i-- {
		if token[i] == ':' {
			return token[i+1:]
		}
	}
	return token
}
