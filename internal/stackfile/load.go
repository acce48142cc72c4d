// Package stackfile reads stack files as Pulumi hands them to the program.
package stackfile

import (
	"os"
	"path/filepath"

	"eksnet/config"
	here "eksnet/internal/project"
	"eksnet/plan"
)

// Load returns the stack and the plan of a stack file. dir is the project's folder, "" for the nearest one upwards that
// has a Pulumi.yaml. The error has every problem of the file.
func Load(dir, stack string) (*config.Stack, *plan.Plan, error) {
	p, err := openProject(dir)
	if err != nil {
		return nil, nil, err
	}
	file, err := p.stackFile(stack)
	if err != nil {
		return nil, nil, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	spec, planned, err := p.load(text)
	if err != nil {
		return nil, nil, here.Locate(file, err)
	}
	return spec, planned, nil
}

// load returns the stack and the plan of the text of a stack file.
func (p *project) load(text []byte) (*config.Stack, *plan.Plan, error) {
	s, err := p.settings(text)
	if err != nil {
		return nil, nil, err
	}
	spec, problems := config.Load(s.get, s.keys)
	planned, more := plan.New(spec)
	return spec, planned, s.encrypted.With(problems).With(more).Err()
}

// Check returns the problems of the text of a stack file that is not written yet, as config.Problems.
func Check(dir string, text []byte) error {
	p, err := openProject(dir)
	if err != nil {
		return err
	}
	_, _, err = p.load(text)
	return err
}

// Read returns what can be read of a stack file, whatever problems it has: an empty stack if it cannot be read.
func Read(dir, stack string) *config.Stack {
	file, err := File(dir, stack)
	if err != nil {
		return &config.Stack{}
	}
	p, err := openProject(dir)
	if err != nil {
		return &config.Stack{}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return &config.Stack{}
	}
	s, err := p.settings(text)
	if err != nil {
		return &config.Stack{}
	}
	spec, _ := config.Load(s.get, s.keys)
	return spec
}

// Stacks returns the names of the project's stacks that have a file.
func Stacks(dir string) ([]string, error) {
	p, err := openProject(dir)
	if err != nil {
		return nil, err
	}
	return List(filepath.Join(p.dir, p.StackConfigDir)), nil
}

// File returns the file of a stack, which must exist.
func File(dir, stack string) (string, error) {
	p, err := openProject(dir)
	if err != nil {
		return "", err
	}
	return p.stackFile(stack)
}

// New is a stack file that is to be written.
type New struct {
	Path string
	// Schema is the path of the JSON schema of stack files from there.
	Schema string
}

// NewFile returns where the file of a stack belongs.
func NewFile(dir, stack string) (New, error) {
	p, err := openProject(dir)
	if err != nil {
		return New{}, err
	}
	if err := here.CheckStackName(stack); err != nil {
		return New{}, err
	}
	folder := filepath.Join(p.dir, p.StackConfigDir)
	schema, err := filepath.Rel(folder, filepath.Join(p.dir, "config", "schema", "stack-file.json"))
	if err != nil {
		return New{}, err
	}
	return New{filepath.Join(folder, "Pulumi."+stack+".yaml"), filepath.ToSlash(schema)}, nil
}
