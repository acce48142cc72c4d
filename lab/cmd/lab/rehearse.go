//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// rehearse runs a new rehearsal in the lab's own folder, and writes plan and paths there. `make rehearse` uses another
// folder.
func (o *invocation) rehearse(ctx context.Context) error {
	if o.isRehearsed() {
		return nil
	}
	if err := o.writeRowsStack(); err != nil {
		return err
	}
	return o.rehearseProject(ctx, o.project(), o.rehearsal(), "stack "+o.stack)
}

// rehearseProject rehearses the stack of a project in a folder, and writes plan and paths there.
func (o *invocation) rehearseProject(ctx context.Context, project, folder, title string) error {
	began := time.Now()
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if _, err := o.runProgram(ctx, project, "rehearse", "up", "-stack", o.stack, "-dir", folder); err != nil {
		return fmt.Errorf("rehearsal for the lab: %w", err)
	}
	for _, what := range []string{"paths", "plan"} {
		output, err := o.runProgram(ctx, project, "eksnet", strings.TrimSuffix(what, "s"), o.stack, "-json")
		if err != nil {
			return fmt.Errorf("%s for the lab: %w", what, err)
		}
		if err := os.WriteFile(filepath.Join(folder, what+".json"), output, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%5.1f s  %s is rehearsed\n", time.Since(began).Seconds(), title)
	return nil
}

// plan returns the file that is written last, whose time is that of the rehearsal.
func (o *invocation) plan() string { return filepath.Join(o.rehearsal(), "plan.json") }

// isRehearsed reports whether the rehearsal is newer than all of its sources.
func (o *invocation) isRehearsed() bool {
	plan, err := os.Stat(o.plan())
	if err != nil {
		return false
	}
	definition := "Pulumi." + o.stack + ".yaml"
	if o.rows {
		definition = "bin/lab" // it generates the stack file
	}
	for _, source := range []string{"Pulumi.yaml", definition, "bin/rehearse", "bin/eksnet"} {
		file, err := os.Stat(filepath.Join(o.root, source))
		if err != nil || !file.ModTime().Before(plan.ModTime()) {
			return false
		}
	}
	return true
}

// binary returns the path of one of the project's programs.
func (o *invocation) binary(name string) string { return filepath.Join(o.root, "bin", name) }

// program returns the path of a program that exists. The error names the target that builds it.
func (o *invocation) program(name, target string) (string, error) {
	if _, err := os.Stat(o.binary(name)); err != nil {
		return "", fmt.Errorf("%w: %s builds it", err, target)
	}
	return o.binary(name), nil
}

// runProgram runs one of the project's programs in the folder of a project, and returns its output.
func (o *invocation) runProgram(ctx context.Context, project, name string, args ...string) ([]byte, error) {
	program, err := o.program(name, "make lab")
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program, args...)
	command.Dir = project
	command.Cancel = func() error { return command.Process.Signal(unix.SIGINT) }
	var problems strings.Builder
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("bin/%s %s: %w\n%s", name, strings.Join(args, " "), err, strings.TrimSpace(problems.String()))
	}
	return output, nil
}
