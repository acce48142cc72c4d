package stack

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"gopkg.in/yaml.v3"

	"eksnet/config"
	"eksnet/internal/project"
	"eksnet/plan"
)

// readConfig reads the stack's configuration, plans it, and logs the plan's warnings.
func readConfig(ctx *pulumi.Context) (*config.Stack, *plan.Plan, error) {
	keys, err := stackFileKeys(filepath.Join(ctx.RootDirectory(), "Pulumi."+ctx.Stack()+".yaml"))
	if err != nil {
		return nil, nil, err
	}
	spec, planned, err := Read(ctx.GetConfig, keys)
	if err != nil {
		return nil, nil, err
	}
	for _, warning := range planned.Warnings {
		if err := ctx.Log.Warn(warning.String(), nil); err != nil {
			return nil, nil, fmt.Errorf("warning: %w", err)
		}
	}
	return spec, planned, nil
}

// Read decodes configuration and plans it. The error lists every problem; no resource is registered before it.
func Read(get config.Source, keys []string) (*config.Stack, *plan.Plan, error) {
	spec, problems := config.Load(get, keys)
	planned, more := plan.New(spec)
	return spec, planned, problems.With(more).Err()
}

// stackFileKeys returns the configuration keys of a stack file. Pulumi returns values by key only and does not report
// unused keys, so misspelled ones are found with this list. It is empty without a file: configuration may have another
// source.
func stackFileKeys(file string) ([]string, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("stack file: %w", err)
	}
	var content struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &content); err != nil {
		return nil, fmt.Errorf("stack file %s: %w", file, err)
	}
	if err := project.CheckOneDocument(text); err != nil {
		return nil, fmt.Errorf("stack file %s: %w", file, err)
	}
	var all []string
	for key := range content.Config {
		all = append(all, key)
	}
	return all, nil
}
