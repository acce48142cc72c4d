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
	workloads, resources int
	operations           []scenario.Operation
	// wall and processor are the elapsed time and the processor time of this process. The component's provider, a
	// separate process, is included in the elapsed time only.
	wall, processor time.Duration
	// megabytes is the peak memory of this process so far.
	megabytes int64
}

// bench is what all lives share: one engine host, whose Node process is started before the first measurement, because
// its start takes the same time with any stack.
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
	if err := b.startNode(ctx, sizes[0]); err != nil {
		return nil, err
	}
	var lives []life
	for _, size := range sizes {
		measured, err := b.leastOf(ctx, size)
		if err != nil {
			return lives, fmt.Errorf("stack of %d workloads: %w", size, err)
		}
		lives = append(lives, measured)
	}
	return lives, nil
}

// A stack is rehearsed up to three times, until its lives have taken enough processor time: one life of a small stack
// takes a second, and its time varies by a tenth.
const (
	mostRuns = 3
	enough   = 5 * time.Second
)

// leastOf returns the life with the least processor time.
func (b *bench) leastOf(ctx context.Context, workloads int) (least life, err error) {
	total := time.Duration(0)
	for run := 0; run < mostRuns && total < enough; run++ {
		l, err := b.rehearse(ctx, workloads)
		if err != nil {
			return least, err
		}
		if total += l.processor; run == 0 || l.processor < least.processor {
			least = l
		}
	}
	return least, nil
}

func (b *bench) open(workloads int, progress scenario.Progress) (*scenario.Rehearsal, error) {
	return scenario.Open(scenario.Options{
		Root: b.dir, Stack: stackName(workloads), Install: b.install, Host: b.host, Program: engine.Inline(stack.Program), Progress: progress,
	})
}

// progress prints a line for each completed operation.
type progress struct {
	scenario.Silent
	workloads int
}

func (p progress) End(o scenario.Operation) {
	fmt.Fprintf(os.Stderr, "%d workloads: %s, %.1f s\n", p.workloads, o.Name, o.WallSeconds)
}

// startNode starts Node.
func (b *bench) startNode(ctx context.Context, workloads int) error {
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

func (b *bench) rehearse(ctx context.Context, workloads int) (life, error) {
	r, err := b.open(workloads, progress{workloads: workloads})
	if err != nil {
		return life{}, err
	}
	defer r.Close()
	runtime.GC() // frees what the previous stack used
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
