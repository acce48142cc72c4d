// Command bench measures the time of a rehearsal for each resource, with generated stacks of several sizes.
package main

import (
	"context"
	"encoding/json"
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
       bench -life WORKLOADS

Rehearses the whole life of generated stacks with so many workloads each, three times and each time in a process of its
own, and prints the time for each resource in the life with the least processor time. Default: 1 28 80 300, which are
stacks of about 100, 300, 650 and 2,200 resources. Nothing is kept.

  -life WORKLOADS   rehearse one stack once in this process, and print the measurement as JSON
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
	one := flags.String("life", "", "")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Print(usage)
		return measured
	} else if err != nil {
		return fail(misused, "%v; see bench -h", err)
	}
	root, err := project.Root()
	if err != nil {
		return fail(misused, "%v; run bench inside the checkout", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *one != "" {
		return printLife(ctx, root, append([]string{*one}, flags.Args()...))
	}
	sizes, err := parseSizes(flags.Args())
	if err != nil {
		return fail(misused, "%v; see bench -h", err)
	}
	lives, err := measure(ctx, sizes, rehearseApart)
	writeTable(os.Stdout, lives)
	if err != nil {
		return fail(failed, "%v", err)
	}
	return measured
}

// printLife rehearses one stack once and prints the measurement as JSON.
func printLife(ctx context.Context, root string, args []string) int {
	sizes, err := parseSizes(args)
	if err == nil && len(sizes) > 1 {
		err = fmt.Errorf("-life takes one number of workloads")
	}
	if err != nil {
		return fail(misused, "%v; see bench -h", err)
	}
	l, err := rehearse(ctx, root, sizes[0])
	if err != nil {
		return fail(failed, "%v", err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(l); err != nil {
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
