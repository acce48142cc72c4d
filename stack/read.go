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

// read turns the stack's configuration into a plan, and shows what the plan warns of.
func read(ctx *pulumi.Context) (*config.Stack, *plan.Plan, error) {
	keys, err := keys(filepath.Join(ctx.RootDirectory(), "Pulumi."+ctx.Stack()+".yaml"))
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

// Read turns configuration into a plan. The error tells every mistake at once; nothing is registered before it.
func Read(get config.Source, keys []string) (*config.Stack, *plan.Plan, error) {
	spec, problems := config.Load(get, keys)
	planned, more := plan.New(spec)
	return spec, planned, problems.With(more).Err()
}

// keys are the configuration keys of a stack file. Pulumi hands a program values by key alone and says nothing of a key that
// nobody asks for, so a misspelt one is found here. Configuration may come from elsewhere: without the file there are none.
func keys(file string) ([]string, error) {
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
