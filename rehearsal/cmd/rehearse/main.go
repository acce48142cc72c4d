// Command rehearse runs a stack through its life against a simulated account.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"eksnet/internal/project"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

// The exit status.
const (
	asPromised = 0
	broken     = 1 // a promise: a change on the second up, a leftover, a refused operation
	misused    = 2 // the stack file or the call is wrong
)

const usage = `usage: rehearse [COMMAND] [-stack NAME] [-dir FOLDER] [-outside] [-json]

Runs a stack on the real Pulumi engine against a simulated AWS account. Commands:

  (none)    the whole life: preview, up, up again, refresh, destroy
  preview   what up would do
  up        build the stack, or bring it up to date
  refresh   compare the state with the account
  destroy   take the stack down and look for what is left
  state     print the state, as pulumi stack export would
  world     print what stands in the account
  report    print the report

State, world, report and log are kept in .rehearsal/NAME, or in the folder of -dir; remove that folder to start afresh.

`

func main() {
	engine.Confine()
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	command := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet("rehearse", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	name := flags.String("stack", "local", "the stack, as in Pulumi.NAME.yaml")
	dir := flags.String("dir", "", "where state, world, report and log are kept, in the place of .rehearsal/NAME")
	outside := flags.Bool("outside", false, "stand outside the VPC, where an API that is private alone answers by cluster.endpoint.proxy or not at all")
	asJSON := flags.Bool("json", false, "print the report as JSON, and nothing else, on standard output")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		fmt.Print(usage)
		flags.SetOutput(os.Stdout)
		flags.PrintDefaults()
		return asPromised
	} else if err != nil {
		return misuse("%v; see rehearse -h", err)
	}
	if flags.NArg() > 0 {
		return misuse("%q is not understood; see rehearse -h", flags.Args())
	}
	root, err := project.Root()
	if err != nil {
		return misuse("%v; run rehearse inside the checkout", err)
	}
	switch command {
	case "state", "world", "report":
		return show(cmp.Or(*dir, filepath.Join(root, ".rehearsal", *name)), *name, command)
	case "", "preview", "up", "refresh", "destroy":
		options := scenario.Options{Root: root, Stack: *name, Dir: *dir, Program: engine.Inline(stack.Program), Progress: progress(*asJSON), Outside: *outside}
		return rehearse(options, command, *asJSON)
	default:
		return misuse("no command %q; see rehearse -h", command)
	}
}

func rehearse(options scenario.Options, command string, asJSON bool) int {
	r, err := scenario.Open(options)
	if err != nil {
		return misuse("%v", err)
	}
	began := time.Now()
	ok := operate(r, command)
	if err := r.Close(); err != nil {
		return misuse("%v", err)
	}
	if asJSON {
		writeJSON(os.Stdout, r.Report)
	} else {
		r.Report.Table(os.Stdout)
		fmt.Printf("%.1f s and %d MB on this machine\n", time.Since(began).Seconds(), megabytes())
	}
	if !ok {
		fmt.Fprintf(os.Stderr, "stack %[1]s stays as it stands, in %[2]s: look (bin/rehearse state -stack %[1]s), go on (bin/rehearse up -stack %[1]s, or destroy), or remove the folder to start afresh\n", options.Stack, r.Dir)
		return broken
	}
	return asPromised
}

// operate runs a command and tells whether all was as promised.
func operate(r *scenario.Rehearsal, command string) bool {
	ctx, stop := interruptible(r)
	defer stop()
	switch command {
	case "preview":
		return r.Preview(ctx).Error == ""
	case "up":
		return r.Up(ctx).Error == ""
	case "refresh":
		return r.Refresh(ctx).Error == ""
	case "destroy":
		return r.Destroy(ctx).Error == ""
	default:
		return r.Lifecycle(ctx)
	}
}

// megabytes is the most memory that this process and the component's provider, which has ended, held.
func megabytes() int64 {
	var self, node syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &self) != nil || syscall.Getrusage(syscall.RUSAGE_CHILDREN, &node) != nil {
		return 0
	}
	return (self.Maxrss + node.Maxrss) / 1024
}

// interruptible is a context that the first Ctrl-C cancels: steps in flight end. The second abandons them.
func interruptible(r *scenario.Rehearsal) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		fmt.Fprintln(os.Stderr, "\ninterrupted: steps in flight end first; interrupt again to abandon them")
		cancel()
		<-signals
		close(r.Terminate)
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}

// show prints a file of a rehearsal.
func show(dir, name, what string) int {
	content, err := os.ReadFile(filepath.Join(dir, what+".json"))
	if err != nil {
		return misuse("stack %q has no %s yet (%v); run rehearse up -stack %s first", name, what, err, name)
	}
	os.Stdout.Write(content)
	return asPromised
}

func progress(quiet bool) scenario.Progress {
	if quiet {
		return scenario.Silent{}
	}
	if width, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil {
		return &scenario.Screen{Out: os.Stderr, Width: width}
	}
	return &scenario.Lines{Out: os.Stderr}
}

func writeJSON(out io.Writer, report *scenario.Report) {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(report)
}

func misuse(format string, values ...any) int {
	fmt.Fprintf(os.Stderr, "rehearse: "+format+"\n", values...)
	return misused
}
