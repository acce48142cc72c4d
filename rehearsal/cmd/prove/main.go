// Command prove proves that a stack can be taken down from everywhere, and that each of its ordering edges is needed.
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
	"eksnet/internal/project"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/prove"
	"eksnet/stack"
)

// The exit status.
const (
	proven  = 0
	broken  = 1 // a promise: a destroy that hangs or leaves what has no name, an edge that nothing needs
	misused = 2 // the stack file or the call is wrong
)

const usage = `usage: prove [-stack NAME] [-sample N] [-within DURATION] [PROOF ...]

Proves on the real Pulumi engine, against a simulated AWS account, how a stack comes down. Proofs, all by default:
  prefixes     destroy from the state and the account after every step of up, creates that were under way included
  interrupted  destroy again after every step of an interrupted destroy
  faults       destroy after something went wrong: a cluster that is gone, a controller without pods, things made by hand
  recovery     let one create of each resource type fail in each way, do what the documents say, and build to the end
  changes      change each key of a stack file on the complete stack: preview and up agree, a second up changes nothing
  edges        cut every ordering edge of stack.go: something must break without it, here or in another committed stack
  gaps         make every resource as late and remove it as early as the edges allow: nothing may break

`

func main() {
	engine.Confine()
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	flags := flag.NewFlagSet("prove", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("stack", "local", "the stack, as in Pulumi.NAME.yaml")
	sample := flags.Int("sample", 0, "try N steps of prefixes and of interrupted, N edges, and N resources of gaps, spread over all; 0 for every one")
	within := flags.Duration("within", 0, "share this time among the proofs, such as 10m: one that would take longer tries a sample, and says so; 0 for no bound")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return show(proven, func(out io.Writer) {
			fmt.Fprint(out, usage)
			flags.SetOutput(out)
			flags.PrintDefaults()
		})
	} else if err != nil {
		return misuse("%v; see prove -h", err)
	}
	for _, asked := range flags.Args() {
		if !slices.ContainsFunc(proofs, func(p proof) bool { return p.name == asked }) {
			return misuse("no proof %q; see prove -h", asked)
		}
	}
	if *sample < 0 {
		return misuse("-sample %d is no number of steps", *sample)
	}
	if *within < 0 {
		return misuse("-within %s is no time", *within)
	}
	root, err := project.Root()
	if err != nil {
		return misuse("%v; run prove inside the checkout", err)
	}
	telling := &prove.Telling{Out: os.Stderr, Width: width()}
	rig, err := prove.Open(prove.Options{Root: root, Stack: *name, Program: engine.Inline(stack.Program), Sample: *sample, Progress: telling.Trial})
	if err != nil {
		return misuse("%v", err)
	}
	defer rig.Close()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report := &report{stack: *name, within: *within, clock: time.Now}
	report.prove(ctx, rig, telling, flags.Args())
	return show(report.status, func(out io.Writer) { fmt.Fprintln(out, strings.Join(report.lines(), "\n")) })
}

// show writes a result to standard output.
func show(status int, write func(out io.Writer)) int {
	if err := output.Write(os.Stdout, write); err != nil {
		fmt.Fprintf(os.Stderr, "prove: %v\n", err)
		return max(status, broken)
	}
	return status
}

// width is the terminal's in columns, 0 where standard error is none.
func width() int {
	columns, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

func misuse(format string, values ...any) int {
	fmt.Fprintf(os.Stderr, "prove: "+format+"\n", values...)
	return misused
}
