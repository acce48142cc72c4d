// Command rehearse runs a stack through its life against a simulated account.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"eksnet/internal/output"
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

const usage = `usage: rehearse [COMMAND] [-stack NAME] [-dir FOLDER] [-outside] [-replace URN ...] [-v] [-json]

Runs a stack on the real Pulumi engine against a simulated AWS account. Commands:

  (none)    the whole life: preview, up, up again, refresh, up after refresh, destroy
  preview   what up would do
  up        build the stack, or bring it up to date
  refresh   compare the state with the account
  destroy   take the stack down and look for what is left
  state     print the resources by component with their ids, and what failed; with -json the state, as pulumi stack export would
  world     print what is in the account
  report    print the report

State, world, report and log are kept in .rehearsal/NAME, or in the folder of -dir; remove that folder to start over.

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
	var c call
	flags.StringVar(&c.stack, "stack", "local", "the stack, as in Pulumi.NAME.yaml")
	flags.StringVar(&c.dir, "dir", "", "where state, world, report and log are kept, in the place of .rehearsal/NAME")
	flags.BoolVar(&c.outside, "outside", false, "stand outside the VPC, where an API that is private alone answers by cluster.endpoint.proxy or not at all")
	var replace []string
	flags.Func("replace", "replace the resource with this URN in an up, as pulumi up --replace does; may be repeated", func(urn string) error {
		replace = append(replace, urn)
		return nil
	})
	flags.BoolVar(&c.json, "json", false, "print the report, the state or mistakes as JSON, and nothing else, on standard output")
	flags.BoolVar(&c.verbose, "v", false, "list each resource that is created or deleted, whole values, and more columns of times, with a legend")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return show(asPromised, func(out io.Writer) {
			fmt.Fprint(out, usage)
			flags.SetOutput(out)
			flags.PrintDefaults()
		})
	} else if err != nil {
		return misuse("%v; see rehearse -h", err)
	}
	if flags.NArg() > 0 {
		return misuse("unexpected argument %q; see rehearse -h", flags.Arg(0))
	}
	if len(replace) > 0 && command != "up" {
		return misuse("-replace is for up alone")
	}
	root, err := project.Root()
	if err != nil {
		return misuse("%v; run rehearse inside the checkout", err)
	}
	switch command {
	case "state", "world", "report":
		return c.print(root, command)
	case "", "preview", "up", "refresh", "destroy":
		return c.rehearse(root, command, replace)
	default:
		return misuse("no command %q; see rehearse -h", command)
	}
}

func (c call) rehearse(root, command string, replace []string) int {
	r, err := scenario.Open(scenario.Options{
		Root: root, Stack: c.stack, Dir: c.dir, Program: engine.Inline(stack.Program), Progress: progress(c.json), Outside: c.outside,
	})
	if err != nil {
		return c.refuse(err)
	}
	began := time.Now()
	ok := operate(r, command, replace)
	if err := r.Close(); err != nil {
		return misuse("%v", err)
	}
	status := asPromised
	if !ok {
		status = broken
	}
	status = show(status, func(out io.Writer) {
		if c.json {
			writeJSON(out, r.Report)
			return
		}
		c.write(out, command, r)
		c.footer(out, time.Since(began))
	})
	if !ok {
		fmt.Fprintf(os.Stderr, "State kept in %s. Inspect: %s. Resume: %s (or destroy). Start over: rm -r %s.\n",
			r.Dir, c.command("state"), c.command("up"), quote(r.Dir))
	}
	return status
}

// refuse reports why nothing was done, with -json on standard output too.
func (c call) refuse(err error) int {
	if c.json {
		show(misused, func(out io.Writer) { _ = project.WriteJSON(out, err) })
	}
	return misuse("%v", err)
}

// write prints what a command changed, and its operations in a table. A whole life lists what its up does to resources that it found, and leaves the
// rest to the table: everything is created and deleted in it.
func (c call) write(out io.Writer, command string, r *scenario.Rehearsal) {
	for _, o := range r.Operations() {
		if command == "" && !c.verbose {
			o.Changes = slices.DeleteFunc(slices.Clone(o.Changes), func(change engine.Change) bool {
				return o.Name != "up" || change.Op == "create"
			})
		}
		if len(o.Changes) > 0 {
			fmt.Fprintf(out, "%s:\n", o.Name)
			o.ChangeList(out, c.verbose)
			fmt.Fprintln(out)
		}
	}
	r.Report.Table(out, r.Operations(), c.verbose)
}

// footer is what a command took here.
func (c call) footer(out io.Writer, took time.Duration) {
	if c.verbose {
		fmt.Fprintf(out, "%.1f s and %d MB on this machine\n", took.Seconds(), megabytes())
		return
	}
	fmt.Fprintf(out, "%.1f s on this machine\n", took.Seconds())
}

// show writes a result to standard output.
func show(status int, write func(out io.Writer)) int {
	if err := output.Write(os.Stdout, write); err != nil {
		fmt.Fprintf(os.Stderr, "rehearse: %v\n", err)
		return max(status, broken)
	}
	return status
}

// operate runs a command and tells whether all was as promised.
func operate(r *scenario.Rehearsal, command string, replace []string) bool {
	ctx, stop := interruptible(r)
	defer stop()
	switch command {
	case "preview":
		return r.Preview(ctx).Error == ""
	case "up":
		return r.UpReplacing(ctx, replace...).Error == ""
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
		fmt.Fprintln(os.Stderr, "\nwaiting for running operations; Ctrl-C again aborts them")
		cancel()
		<-signals
		close(r.Terminate)
	}()
	return ctx, func() { signal.Stop(signals); cancel() }
}

// print prints what a rehearsal keeps.
func (c call) print(root, what string) int {
	dir := cmp.Or(c.dir, filepath.Join(root, ".rehearsal", c.stack))
	content, err := c.content(dir, what)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return misuse("stack %q has no %s yet (%v); run %s first", c.stack, what, err, c.command("up"))
	case err != nil:
		return misuse("%v", err)
	}
	return show(asPromised, func(out io.Writer) { _, _ = out.Write(content) })
}

// content is what a command prints of the files in a rehearsal's folder.
func (c call) content(dir, what string) ([]byte, error) {
	switch {
	case what != "state":
		return os.ReadFile(filepath.Join(dir, what+".json"))
	case c.json:
		return readState(scenario.StateFile(dir))
	}
	summary, err := scenario.ReadSummary(dir, c.stack)
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	summary.Write(&text)
	return text.Bytes(), nil
}

// readState is the state as `pulumi stack export` prints it, also of an operation that runs, or whose process has died.
func readState(path string) ([]byte, error) {
	state, err := engine.ReadState(path)
	if err != nil {
		return nil, err
	}
	content, err := json.MarshalIndent(state, "", "  ")
	return append(content, '\n'), err
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
