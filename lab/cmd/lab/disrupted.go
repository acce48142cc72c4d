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
)

// disrupted is the folder with the rehearsal of the stack with the workloads of the suite of disruptions.
func (o *invocation) disrupted() string { return filepath.Join(o.dir(), "disrupted", "result") }

// rehearseDisrupted rehearses the stack with the workloads of the suite of disruptions, as a project of its own.
func (o *invocation) rehearseDisrupted(ctx context.Context) error {
	project := filepath.Dir(o.disrupted())
	if err := os.MkdirAll(project, 0o755); err != nil {
		return err
	}
	for _, shared := range []string{"Pulumi.yaml", "rehearsal"} { // rehearsal has what is installed
		link := filepath.Join(project, shared)
		if err := os.Symlink(filepath.Join(o.root, shared), link); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	name := "Pulumi." + o.stack + ".yaml"
	content, err := os.ReadFile(filepath.Join(o.root, name))
	if err != nil {
		return err
	}
	changed, err := check.DisruptedStack(content)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := os.WriteFile(filepath.Join(project, name), changed, 0o644); err != nil {
		return err
	}
	return o.rehearseProject(ctx, project, o.disrupted(), "stack "+o.stack+" with the workloads of the suite of disruptions")
}
