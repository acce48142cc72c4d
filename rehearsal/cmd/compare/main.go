// Command compare runs a stack twice, with the simulated cluster and in a lab, and prints where they differ.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"eksnet/internal/project"
	"eksnet/rehearsal/compare"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/lab"
	"eksnet/stack"
)

// The exit status.
const (
	statusSame   = 0
	statusOther  = 1 // a difference, or an operation that failed
	statusMisuse = 2
)

const usage = `usage: compare -lab FILE -dir FOLDER [-stack NAME] life | changes | failures

Runs the whole life of a stack, each change of the matrix that concerns objects in the cluster, or operations during faults of the cluster, with the
simulated cluster and in the running lab that wrote FILE, and prints where they differ. bin/lab -compare starts the lab.
`

func main() {
	engine.Confine()
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("stack", "local", "the stack, as in Pulumi.NAME.yaml")
	file := flags.String("lab", "", "the file that a running lab wrote")
	dir := flags.String("dir", "", "the folder for the files of both rehearsals")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Print(usage)
		return statusSame
	} else if err != nil {
		return misuse(err)
	}
	root, err := project.Root()
	if err != nil {
		return misuse(err)
	}
	connection, err := lab.Connect(*file)
	if err != nil {
		return misuse(err)
	}
	pair, err := compare.Open(compare.Options{Root: root, Stack: *name, Dir: *dir, Program: engine.Inline(stack.Program), Lab: connection,
		Progress:   func(line string) { fmt.Fprintln(os.Stderr, *name+": "+line) },
		Difference: func(line string) { fmt.Println(line) }})
	if err != nil {
		return misuse(err)
	}
	defer pair.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return report(ctx, *name, pair, flags.Arg(0))
}

// report compares, and prints the number of differences.
func report(ctx context.Context, stack string, pair *compare.Pair, what string) int {
	run := map[string]func(context.Context) error{"life": pair.Life, "changes": pair.Changes, "failures": pair.Failures}[what]
	if run == nil {
		return misuse(fmt.Errorf("%q is not a comparison", what))
	}
	err := run(ctx)
	fmt.Printf("%s: %d differences\n", stack, pair.Differences())
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
	}
	if err != nil || pair.Differences() > 0 {
		return statusOther
	}
	return statusSame
}

func misuse(err error) int {
	fmt.Fprintf(os.Stderr, "compare: %v; see compare -h\n", err)
	return statusMisuse
}
