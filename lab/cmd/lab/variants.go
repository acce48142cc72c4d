//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"eksnet/lab/check"
	"eksnet/lab/rehearsed"
)

// variant is the stack with other workloads, for a suite of package check. It has a folder with a project of its own.
type variant struct {
	folder, title string
	// stackFile returns the changed stack file.
	stackFile func([]byte) ([]byte, error)
	// applies reports whether the suite runs.
	applies func(*invocation, []byte) bool
}

var (
	disrupted = variant{"disrupted", "the suite of disruptions", check.DisruptedStack,
		func(o *invocation, _ []byte) bool { return o.runNodes }}
	twins = variant{"twins", "the suite of twins", check.TwinStack,
		func(_ *invocation, stackFile []byte) bool { return check.HasGateways(stackFile) }}
	variants = []variant{disrupted, twins}
)

// result is the folder with the rehearsal of a variant.
func (o *invocation) result(v variant) string { return filepath.Join(o.dir(), v.folder, "result") }

// rehearseVariants rehearses the stack with the workloads of each suite that runs.
func (o *invocation) rehearseVariants(ctx context.Context) error {
	name := "Pulumi." + o.stack + ".yaml"
	content, err := os.ReadFile(filepath.Join(o.root, name))
	if err != nil {
		return err
	}
	for _, v := range variants {
		if !v.applies(o, content) {
			if err := os.RemoveAll(o.result(v)); err != nil {
				return err
			}
			continue
		}
		changed, err := v.stackFile(content)
		if err == nil {
			err = o.rehearseVariant(ctx, v, name, changed)
		}
		if err != nil {
			return fmt.Errorf("%s with the workloads of %s: %w", name, v.title, err)
		}
	}
	return nil
}

// rehearseVariant rehearses a stack file as a project of its own.
func (o *invocation) rehearseVariant(ctx context.Context, v variant, name string, stackFile []byte) error {
	project := filepath.Dir(o.result(v))
	if err := os.MkdirAll(project, 0o755); err != nil {
		return err
	}
	for _, shared := range []string{"Pulumi.yaml", "rehearsal"} { // rehearsal has what is installed
		link := filepath.Join(project, shared)
		if err := os.Symlink(filepath.Join(o.root, shared), link); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(project, name), stackFile, 0o644); err != nil {
		return err
	}
	return o.rehearseProject(ctx, project, o.result(v), "stack "+o.stack+" with the workloads of "+v.title)
}

// readVariant returns the rehearsal of a variant, nil if its suite does not run.
func (o *invocation) readVariant(v variant) (*rehearsed.Stack, error) {
	if _, err := os.Stat(o.result(v)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return rehearsed.Read(o.result(v))
}
