// Command bench measures the time of a rehearsal for each resource, with generated stacks of several sizes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"eksnet/internal/processor"
	"eksnet/internal/project"
	"eksnet/rehearsal/engine"
)

// The exit status. It does not depend on the measured times.
const (
	measured = 0
	failed   = 1 // an operation failed or a check of it did
	misused  = 2 // the arguments are wrong
)

const usage = `usage: bench [WORKLOADS ...]

Rehearses the whole life of generated stacks with so many workloads each, small ones up to three times, and prints the time for each
resource of the fastest life. Default: 1 28 80 300, which are stacks of about 100, 300, 650 and 2,200 resources. Nothing is kept.
`

// defaultSizes are numbers of workloads.
var defaultSizes = []int{1, 28, 80, 300}

func main() {
	engine.Confine()
	processor.CollectLessOften()
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Print(usage)
		return measured
	} else if err != nil {
		return fail(misused, "%v; see bench -h", err)
	}
	sizes, err := parseSizes(flags.Args())
	if err != nil {
		return fail(misused, "%v; see bench -h", err)
	}
	root, err := project.Root()
	if err != nil {
		return fail(misused, "%v; run bench inside the checkout", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	lives, err := measure(ctx, root, sizes)
	writeTable(os.Stdout, lives)
	if err != nil {
		return fail(failed, "%v", err)
	}
	return measured
}

// parseSizes parses numbers of workloads; no arguments are the default sizes.
func parseSizes(args []string) ([]int, error) {
	if len(args) == 0 {
		return defaultSizes, nil
	}
	var sizes []int
	for _, arg := range args {
		size, err := strconv.Atoi(arg)
		if err != nil || size < 1 || size > mostWorkloads {
			return nil, fmt.Errorf("%q is not a number of workloads from 1 to %d", arg, mostWorkloads)
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

func fail(status int, format string, values ...any) int {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", values...)
	return status
}
