//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"eksnet/lab/build"
	"eksnet/lab/check"
	"eksnet/lab/rehearsed"
	"eksnet/path/rows"
)

// rowsStack is the name of the stack with a workload for each row of docs/load-balancing.md. It has no committed file.
const rowsStack = "paths"

// project returns the folder with Pulumi.yaml and the stack file, from which the project's programs read them.
func (o *invocation) project() string {
	if o.rows {
		return filepath.Join(o.dir(), "project")
	}
	return o.root
}

// writeRowsStack writes the stack file with a workload for each row. Its project is that of the checkout, and the
// rehearsal needs the programs of the folder rehearsal there.
func (o *invocation) writeRowsStack() error {
	if !o.rows {
		return nil
	}
	text, err := rows.StackFile()
	if err != nil {
		return err
	}
	definition, err := os.ReadFile(filepath.Join(o.root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(o.project()), os.MkdirAll(o.project(), 0o755),
		os.WriteFile(filepath.Join(o.project(), "Pulumi.yaml"), definition, 0o644),
		os.WriteFile(filepath.Join(o.project(), "Pulumi."+rowsStack+".yaml"), text, 0o644),
		os.Symlink(filepath.Join(o.root, "rehearsal"), filepath.Join(o.project(), "rehearsal")))
}

// measureRows measures the rows, and writes what it measured. Rows that could not be measured are missing in the file.
func (o *invocation) measureRows(ctx context.Context, stack *rehearsed.Stack, tools *build.Tools) error {
	measured, err := check.MeasureRows(ctx, o.start(tools), stack, os.Stdout)
	if ctx.Err() != nil {
		return errors.New("interrupted; all processes of the lab have ended")
	}
	if len(measured.Rows) == 0 {
		return err
	}
	file := filepath.Join(o.root, "path", rows.File)
	fmt.Printf("%d rows are measured: %s\n", len(measured.Rows), file)
	return errors.Join(err, measured.Write(file))
}
