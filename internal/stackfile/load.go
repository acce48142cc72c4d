// Package stackfile reads stack files as Pulumi hands them to the program.
package stackfile

import (
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
	s, err := p.settings(file)
	if err != nil {
		return nil, nil, err
	}
	spec, problems := config.Load(s.get, s.keys)
	planned, more := plan.New(spec)
	if err := s.encrypted.With(problems).With(more).Err(); err != nil {
		return nil, nil, here.Locate(file, err)
	}
	return spec, planned, nil
}
