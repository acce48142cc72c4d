package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"eksnet/lab/rehearsed"
)

// Check is a check of a stack's AWS resources with the upstream provider and moto.
type Check struct {
	// Program is the path of terraform or tofu. Dir is the folder of the stack's Terraform files, into which
	// InstallProvider got the provider.
	Program, Dir string
	// Stack is the stack's name, and State holds the resources in its state.
	Stack   string
	State   []rehearsed.Resource
	Account Account
	// Out is where the result of each step is written.
	Out io.Writer
}

// step is a step of a check. After a failed step with decides, the following ones are not run.
type step struct {
	sentence string
	decides  bool
	run      func(context.Context) error
}

// problems is an error with one line for each resource or change.
type problems []string

func (p problems) Error() string { return strings.Join(p, "\n") }

// Run runs all steps and prints a line for each. It returns an error if a step failed.
func (c *Check) Run(ctx context.Context) error {
	complete, err := c.prepare("complete", nil)
	if err != nil {
		return err
	}
	applied, err := c.prepare("applied", missingInMoto)
	if err != nil {
		return err
	}
	all, created := len(complete.configuration.Addresses), len(applied.configuration.Addresses)
	fmt.Fprintf(c.Out, "%s: the provider %s %s with %s, and moto\n", c.Stack, providerSource, ProviderVersion, filepath.Base(c.Program))
	err = c.runSteps(ctx, []step{
		{fmt.Sprintf("the provider accepts the arguments of all %d resources", all), true, complete.validate},
		{fmt.Sprintf("it creates %d resources in moto", created), true, applied.apply},
		{"a second plan has no changes", false, applied.planAgain},
		{"it deletes all resources", false, applied.destroy},
	})
	c.printLeftOut(complete.configuration)
	return err
}

// stepLimit is the time after which a step counts as hanging: some of the provider's waits take 60 minutes.
var stepLimit = 15 * time.Minute

// runLimited runs a step within stepLimit.
func (s step) runLimited(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	err := s.run(limited)
	if err != nil && limited.Err() != nil {
		return fmt.Errorf("not finished after %s\n%w", stepLimit, err)
	}
	return err
}

// runSteps runs steps and prints a line for each.
func (c *Check) runSteps(ctx context.Context, steps []step) error {
	failed, decided := 0, false
	for _, s := range steps {
		if decided {
			fmt.Fprintf(c.Out, "  not run           %s\n", s.sentence)
			continue
		}
		began := time.Now()
		err := s.runLimited(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		result := "ok     "
		if err != nil {
			failed, decided, result = failed+1, s.decides, "failed "
		}
		fmt.Fprintf(c.Out, "  %s %5.1f s  %s\n", result, time.Since(began).Seconds(), s.sentence)
		if err != nil {
			fmt.Fprintf(c.Out, "    %s\n", strings.ReplaceAll(err.Error(), "\n", "\n    "))
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d steps failed for stack %s; the configuration is in %s", failed, len(steps), c.Stack, c.Dir)
	}
	return nil
}

// printLeftOut prints the resources that are only validated.
func (c *Check) printLeftOut(complete *Configuration) {
	counts := complete.count()
	for _, typ := range slices.Sorted(maps.Keys(missingInMoto)) {
		if counts[typ] > 0 {
			fmt.Fprintf(c.Out, "  not created: %d %s, because moto lacks %s\n", counts[typ], typ, missingInMoto[typ])
		}
	}
}

// workspace is a folder with a configuration.
type workspace struct {
	command
	configuration *Configuration
	// plugins is the folder of the provider.
	plugins string
}

// prepare writes the configuration of a workspace.
func (c *Check) prepare(name string, omitted map[string]string) (*workspace, error) {
	configuration, err := NewConfiguration(c.Account, c.State, omitted)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(c.Dir, name)
	if err := writeConfiguration(dir, configuration.JSON()); err != nil {
		return nil, err
	}
	run, err := newCommand(c.Program, dir, c.Account.Endpoint)
	return &workspace{run, configuration, filepath.Join(c.Dir, providerFolder, ".terraform", "providers")}, err
}

// writeConfiguration writes the file main.tf.json of a folder.
func writeConfiguration(dir string, configuration map[string]any) error {
	text, err := json.MarshalIndent(configuration, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "main.tf.json"), append(text, '\n'), 0o644)
}

// initialize installs the provider in the workspace, without a network.
func (w *workspace) initialize(ctx context.Context) error {
	_, said, err := w.run(ctx, "init", "-input=false", "-no-color", "-plugin-dir="+w.plugins)
	if isExit(err) {
		return problems{"init: " + firstError(said)}
	}
	return err
}

// validate checks every argument with the provider's schema and its own checks.
func (w *workspace) validate(ctx context.Context) error {
	if err := w.initialize(ctx); err != nil {
		return err
	}
	return w.runJSON(ctx, "validate", "-json", "-no-color")
}

// apply creates the resources.
func (w *workspace) apply(ctx context.Context) error {
	if err := w.initialize(ctx); err != nil {
		return err
	}
	return w.runJSON(ctx, "apply", "-auto-approve", "-input=false", "-json")
}

// destroy deletes the resources.
func (w *workspace) destroy(ctx context.Context) error {
	return w.runJSON(ctx, "destroy", "-auto-approve", "-input=false", "-json")
}

// planAgain plans a second time. Status 2 of -detailed-exitcode means changes
// (developer.hashicorp.com/terraform/cli/commands/plan#detailed-exitcode).
func (w *workspace) planAgain(ctx context.Context) error {
	const file, statusChanges = "second.tfplan", 2
	output, said, err := w.run(ctx, "plan", "-input=false", "-json", "-detailed-exitcode", "-out="+file)
	if status, exited := exitStatus(err); !exited || status != statusChanges {
		return withErrors(output, said, err)
	}
	plan, said, err := w.run(ctx, "show", "-json", file)
	if err != nil {
		return withErrors(nil, said, err)
	}
	changes, err := unexpectedChanges(plan)
	if err == nil && len(changes) > 0 {
		return problems(changes)
	}
	return err
}

// runJSON runs a command that prints its messages in JSON.
func (w *workspace) runJSON(ctx context.Context, args ...string) error {
	output, said, err := w.run(ctx, args...)
	return withErrors(output, said, err)
}

// withErrors returns the errors that a failed command has printed.
func withErrors(output, said []byte, err error) error {
	if !isExit(err) {
		return err
	}
	if lines := errorsIn(output); len(lines) > 0 {
		return problems(lines)
	}
	return problems{err.Error() + ": " + firstError(said)}
}
