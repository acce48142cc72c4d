// Command prove proves that a stack can be destroyed from every state, and that each of its ordering edges is needed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"eksnet/internal/output"
	"eksnet/internal/processor"
	"eksnet/internal/project"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/prove"
	"eksnet/stack"
)

// The exit status.
const (
	statusOK     = 0
	statusFailed = 1 // a destroy that hangs or leaves a resource without a name, an edge that is not needed
	statusUsage  = 2 // the stack file or the command line is not valid
)

const usage = `usage: prove [-stack NAME] [-sample N] [-within DURATION] [PROOF ...]

Proves on the real Pulumi engine, against a simulated AWS account, that a stack can be destroyed, changed and repaired. Proofs, all by default:
  prefixes     destroy from the state and the account after every step of up, also while creates are in progress
  interrupted  destroy again after every step of an interrupted destroy
  faults       destroy after a fault: a deleted cluster, a controller without pods, resources created by hand
  recovery     fail one create of each resource type in each way, run the documented step, and complete the stack with up
  changes      change each key of a stack file on the complete stack: preview and up agree, a second up changes nothing
  edges        remove each ordering edge of stack.go: something must fail without it, in this or another committed stack
  gaps         create each resource as late and delete it as early as the edges allow: nothing may fail

`

func main() {
	engine.Confine()
	processor.CollectLessOften()
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	flags := flag.NewFlagSet("prove", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("stack", "local", "the stack, as in Pulumi.NAME.yaml")
	sample := flags.Int("sample", 0, "try N steps, edges or resources of each proof, evenly spread; 0 for all")
	within := flags.Duration("within", 0, "divide this time, such as 10m, among the proofs: a proof that needs more time tries a sample and reports it; 0 for no limit")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return show(statusOK, func(out io.Writer) {
			fmt.Fprint(out, usage)
			flags.SetOutput(out)
			flags.PrintDefaults()
		})
	} else if err != nil {
		return usageError("%v; see prove -h", err)
	}
	for _, name := range flags.Args() {
		if !slices.ContainsFunc(proofs, func(p proof) bool { return p.name == name }) {
			return usageError("no proof %q; see prove -h", name)
		}
	}
	if *sample < 0 {
		return usageError("-sample %d is negative", *sample)
	}
	if *within < 0 {
		return usageError("-within %s is negative", *within)
	}
	root, err := project.Root()
	if err != nil {
		return usageError("%v; run prove inside the checkout", err)
	}
	progress := &prove.Progress{Out: os.Stderr, Width: width()}
	rig, err := prove.Open(prove.Options{Root: root, Stack: *name, Program: engine.Inline(stack.Program), Sample: *sample, Progress: progress.Trial})
	if err != nil {
		return usageError("%v", err)
	}
	defer rig.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report := &report{stack: *name, within: *within, clock: time.Now}
	report.prove(ctx, rig, progress, flags.Args())
	return show(report.status, func(out io.Writer) { fmt.Fprintln(out, strings.Join(report.lines(), "\n")) })
}

// show writes a result to standard output and returns the exit status.
func show(status int, write func(out io.Writer)) int {
	if err := output.Write(os.Stdout, write); err != nil {
		fmt.Fprintf(os.Stderr, "prove: %v\n", err)
		return max(status, statusFailed)
	}
	return status
}

// width returns the width of the terminal in columns, 0 if standard error is not a terminal.
func width() int {
	columns, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

func usageError(format string, values ...any) int {
	fmt.Fprintf(os.Stderr, "prove: "+format+"\n", values...)
	return statusUsage
}
