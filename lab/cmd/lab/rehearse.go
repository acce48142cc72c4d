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

// rehearse makes a rehearsal of the lab's own, from nothing, and writes the plan beside it; `make rehearse` keeps another.
func (o *order) rehearse(ctx context.Context) error {
	if o.rehearsed() {
		return nil
	}
	began := time.Now()
	if err := os.RemoveAll(o.rehearsal()); err != nil {
		return err
	}
	if _, err := o.made(ctx, "rehearse", "up", "-stack", o.stack, "-dir", o.rehearsal()); err != nil {
		return fmt.Errorf("the rehearsal that the lab takes the stack from: %w", err)
	}
	for _, file := range []string{o.paths(), o.plan()} {
		what := strings.TrimSuffix(filepath.Base(file), ".json")
		told, err := o.made(ctx, "eksnet", strings.TrimSuffix(what, "s"), o.stack, "-json")
		if err != nil {
			return fmt.Errorf("the %s that the lab is held against: %w", what, err)
		}
		if err := os.WriteFile(file, told, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "%5.1f s  stack %s is rehearsed\n", time.Since(began).Seconds(), o.stack)
	return nil
}

func (o *order) paths() string { return filepath.Join(o.rehearsal(), "paths.json") }

// plan is written last, so it is as old as the rehearsal.
func (o *order) plan() string { return filepath.Join(o.rehearsal(), "plan.json") }

// rehearsed tells whether the rehearsal is younger than all that it is made of.
func (o *order) rehearsed() bool {
	plan, err := os.Stat(o.plan())
	if err != nil {
		return false
	}
	for _, source := range []string{"Pulumi.yaml", "Pulumi." + o.stack + ".yaml", "bin/rehearse", "bin/eksnet"} {
		file, err := os.Stat(filepath.Join(o.root, source))
		if err != nil || !file.ModTime().Before(plan.ModTime()) {
			return false
		}
	}
	return true
}

// made runs one of the project's programs and gives what it prints.
func (o *order) made(ctx context.Context, name string, args ...string) ([]byte, error) {
	program := filepath.Join(o.root, "bin", name)
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("%w: make lab builds it", err)
	}
	command := exec.CommandContext(ctx, program, args...)
	command.Dir = o.root
	command.Cancel = func() error { return command.Process.Signal(unix.SIGINT) }
	var problems strings.Builder
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("bin/%s %s: %w\n%s", name, strings.Join(args, " "), err, strings.TrimSpace(problems.String()))
	}
	return output, nil
}
