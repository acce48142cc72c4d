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

// life is the measured whole life of one stack.
type life struct {
	workloads, resources int
	operations           []scenario.Operation
	// wall and processor are the time that passed and the processor time of this process. The component's provider, a process of its
	// own, is in the first alone.
	wall, processor time.Duration
	// megabytes is the most memory of this process so far.
	megabytes int64
}

// bench is what all lives share: one engine host, whose Node process runs before the first is measured, as its start takes the same
// time with any stack.
type bench struct {
	install, dir string
	host         *engine.Host
}

// measure rehearses a stack of each size, in order.
func measure(ctx context.Context, root string, sizes []int) ([]life, error) {
	dir, err := os.MkdirTemp("", "eksnet-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := writeProject(root, dir, sizes); err != nil {
		return nil, err
	}
	b := &bench{install: filepath.Join(root, "rehearsal"), dir: dir}
	if b.host, err = engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(b.install, "node_modules")}); err != nil {
		return nil, err
	}
	defer b.host.Close()
	if err := b.warm(ctx, sizes[0]); err != nil {
		return nil, err
	}
	var lives []life
	for _, size := range sizes {
		measured, err := b.live(ctx, size)
		if err != nil {
			return lives, fmt.Errorf("stack of %d workloads: %w", size, err)
		}
		lives = append(lives, measured)
	}
	return lives, nil
}

func (b *bench) open(workloads int, progress scenario.Progress) (*scenario.Rehearsal, error) {
	return scenario.Open(scenario.Options{
		Root: b.dir, Stack: stackName(workloads), Install: b.install, Host: b.host, Program: engine.Inline(stack.Program), Progress: progress,
	})
}

// progress prints a line for each operation that ended.
type progress struct {
	scenario.Silent
	workloads int
}

func (p progress) End(o scenario.Operation) {
	fmt.Fprintf(os.Stderr, "%d workloads: %s, %.1f s\n", p.workloads, o.Name, o.WallSeconds)
}

// warm starts Node.
func (b *bench) warm(ctx context.Context, workloads int) error {
	r, err := b.open(workloads, scenario.Silent{})
	if err != nil {
		return err
	}
	defer r.Close()
	if preview := r.Preview(ctx); preview.Error != "" {
		return fmt.Errorf("preview: %s", preview.Error)
	}
	return nil
}

func (b *bench) live(ctx context.Context, workloads int) (life, error) {
	r, err := b.open(workloads, progress{workloads: workloads})
	if err != nil {
		return life{}, err
	}
	defer r.Close()
	runtime.GC() // of what the stack before left
	began, used := time.Now(), processor.Time()
	ok := r.Lifecycle(ctx)
	l := life{workloads: workloads, wall: time.Since(began), processor: processor.Time() - used, megabytes: peakMegabytes(), operations: r.Report.Operations}
	for _, operation := range l.operations {
		if operation.Name == "up" {
			l.resources = operation.Created
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

func peakMegabytes() int64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return usage.Maxrss / 1024
}
