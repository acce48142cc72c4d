package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// versions checks that an operation uses one version of each package. The program in Go and the component in Node each
// have a version of their own; if they differ, the component's children use a second provider. A version in the base
// does not count, because after an upgrade it differs too.
type versions struct {
	mu    sync.Mutex
	old   map[string]bool
	asked map[string]string
}

func newVersions(base *State) *versions {
	v := &versions{old: map[string]bool{}, asked: map[string]string{}}
	for _, resource := range base.Resources() {
		if name, ok := strings.CutPrefix(string(resource.Type), "pulumi:providers:"); ok {
			version, _ := resource.Inputs["version"].(string)
			v.old[name+" "+version] = true
		}
	}
	return v
}

// request records a version that an SDK requests.
func (v *versions) request(name, version string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.old[name+" "+version] {
		return nil
	}
	if other, ok := v.asked[name]; ok && other != version {
		return fmt.Errorf("package %s is requested in two versions, %s and %s: %s", name, other, version, sameVersionAdvice)
	}
	v.asked[name] = version
	return nil
}

const sameVersionAdvice = "pin it alike in go.mod and in rehearsal/package.json, and run `npm ci --ignore-scripts` in rehearsal/"

// installedVersion returns the version of the component's provider in node_modules.
func installedVersion(nodeModules string) (string, error) {
	file := filepath.Join(nodeModules, "@pulumi/eks/package.json")
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var manifest struct{ Version string }
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return manifest.Version, nil
}
