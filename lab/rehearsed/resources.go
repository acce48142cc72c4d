package rehearsed

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Resource is a resource in the state of a rehearsal.
type Resource struct {
	URN, Type, ID string
	// Custom is false for components. External reports whether the stack only reads the resource.
	Custom, External bool
	Inputs, Outputs  map[string]any
	// Dependencies holds the URNs of the resources that are created before this one. PropertyDependencies holds, for each
	// input, the URNs of the resources whose outputs it uses.
	Dependencies         []string
	PropertyDependencies map[string][]string
}

// ReadResources reads the resources in the state of a rehearsal after `rehearse up`, in the order of their creation.
func ReadResources(dir string) ([]Resource, error) {
	if err := checkComplete(dir); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if err != nil {
		return nil, withCommand(dir, err)
	}
	var state struct {
		Deployment struct{ Resources []Resource }
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, withCommand(dir, fmt.Errorf("state.json: %w", err))
	}
	return state.Deployment.Resources, nil
}
