// Package changes edits a stack file and lists what an operation does to the resources of a stack.
package changes

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// Config is the configuration of a stack file by its keys, such as eksnet:network.
type Config map[string]any

// Edit changes the configuration of a stack file.
type Edit func(Config) error

// Set puts a value, in YAML, at a path such as nodeGroups.general, or aws:region for a key of another namespace than
// eksnet.
func Set(path, value string) Edit {
	return func(config Config) error {
		var parsed any
		if err := yaml.Unmarshal([]byte(value), &parsed); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		in, key, err := within(config, path)
		if err == nil {
			in[key] = parsed
		}
		return err
	}
}

// Drop removes what is at a path.
func Drop(path string) Edit {
	return func(config Config) error {
		in, key, err := within(config, path)
		if err == nil && in[key] == nil {
			err = fmt.Errorf("nothing is at %s", path)
		}
		if err == nil {
			delete(in, key)
		}
		return err
	}
}

// within returns the map that holds the last key of a path.
func within(config Config, path string) (in map[string]any, key string, err error) {
	keys := strings.Split(path, ".")
	if !strings.Contains(keys[0], ":") {
		keys[0] = "eksnet:" + keys[0]
	}
	in = config
	for _, key := range keys[:len(keys)-1] {
		inner, ok := in[key].(map[string]any)
		if !ok {
			return nil, "", fmt.Errorf("nothing is above %s", path)
		}
		in = inner
	}
	return in, keys[len(keys)-1], nil
}

// Load reads the configuration of a stack file.
func Load(file string) (Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var content struct{ Config map[string]any } // of a Config, the inner maps would be Configs too
	if err := yaml.Unmarshal(text, &content); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return content.Config, nil
}

// Save writes a project into a folder: the Pulumi.yaml of root, and the stack file of a stack.
func Save(dir, root, stack string, config Config) error {
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	text, err := yaml.Marshal(map[string]Config{"config": config})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), project, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "Pulumi."+stack+".yaml"), text, 0o644)
}
