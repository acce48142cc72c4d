package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"eksnet/internal/processor"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

// life is the measurement of the whole life of one stack.
type life struct {
	Workloads, Resources int
	Operations           []scenario.Operation
	// Wall and Processor are the elapsed time and the processor time of the process, in nanoseconds. The component's
	// provider, a separate process, is included in the elapsed time only.
	Wall, Processor time.Duration
	// Megabytes is the peak memory of the process.
	Megabytes int64
}

// rehearse measures one life of a generated stack in this process.
func rehearse(ctx context.Context, root string, workloads int) (l life, err error) {
	dir, err := os.MkdirTemp("", "eksnet-bench-")
	if err != nil {
		return l, err
	}
	defer os.RemoveAll(dir)
	if err := writeProject(root, dir, workloads); err != nil {
		return l, err
	}
	install := filepath.Join(root, "rehearsal")
	host, err := engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(install, "node_modules")})
	if err != nil {
		return l, err
	}
	defer host.Close()
	open := func(progress scenario.Progress) (*scenario.Rehearsal, error) {
		return scenario.Open(scenario.Options{
			Root: dir, Stack: stackName(workloads), Install: install, Host: host, Program: engine.Inline(stack.Program), Progress: progress,
		})
	}
	if err := startNode(ctx, open); err != nil {
		return l, err
	}
	return measureLife(ctx, open, workloads)
}

type opener func(scenario.Progress) (*scenario.Rehearsal, error)

// startNode starts Node before the measurement, because its start takes the same time with any stack.
func startNode(ctx context.Context, open opener) error {
	r, err := open(scenario.Silent{})
	if err != nil {
		return err
	}
	defer r.Close()
	if preview := r.Preview(ctx); preview.Error != "" {
		return fmt.Errorf("preview: %s", preview.Error)
	}
	return nil
}

func measureLife(ctx context.Context, open opener, workloads int) (l life, err error) {
	r, err := open(progress{workloads: workloads})
	if err != nil {
		return l, err
	}
	defer r.Close()
	runtime.GC() // frees what the first preview used
	began, used := time.Now(), processor.Time()
	ok := r.Lifecycle(ctx)
	l = life{
		Workloads: workloads, Operations: r.Report.Operations,
		Wall: time.Since(began), Processor: processor.Time() - used, Megabytes: peakMegabytes(),
	}
	for _, operation := range l.Operations {
		if operation.Name == "up" {
			l.Resources = operation.Created
		}
		if operation.Error != "" {
			return l, fmt.Errorf("%s: %s", operation.Name, operation.Error)
		}
	}
	if !ok {
		return l, ctx.Err()
	}
	return l, nil
}

// progress prints a line for each completed operation.
type progress struct {
	scenario.Silent
	workloads int
}

func (p progress) End(o scenario.Operation) {
	fmt.Fprintf(os.Stderr, "%d workloads: %s, %.1f s\n", p.workloads, o.Name, o.WallSeconds)
}

func peakMegabytes() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Maxrss / 1024
}
