package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// runs is how often a stack of each size is rehearsed. The life with the least processor time counts: what else the
// machine does only adds to it.
const runs = 3

// measure rehearses a stack of each size, in order.
func measure(ctx context.Context, sizes []int, rehearse func(context.Context, int) (life, error)) ([]life, error) {
	var lives []life
	for _, size := range sizes {
		var least life
		for run := range runs {
			l, err := rehearse(ctx, size)
			if err != nil {
				return lives, fmt.Errorf("stack of %d workloads: %w", size, err)
			}
			if run == 0 || l.Processor < least.Processor {
				least = l
			}
		}
		lives = append(lives, least)
	}
	return lives, nil
}

// rehearseApart measures one life in a process of its own, because the Pulumi engine keeps memory of earlier
// operations, which the garbage collector would search again in every later life.
func rehearseApart(ctx context.Context, workloads int) (l life, err error) {
	program, err := os.Executable()
	if err != nil {
		return l, err
	}
	command := exec.CommandContext(ctx, program, "-life", strconv.Itoa(workloads))
	command.Stderr = os.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	out, err := command.Output()
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(out, &l)
}
