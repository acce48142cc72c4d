// Command rehearse runs the operations of a stack against a simulated account.
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
	"eksnet/internal/processor"
	"eksnet/internal/project"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/lab"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

// The exit status.
const (
	statusOK     = 0
	statusFailed = 1 // a change in the second up, a leftover, a refused call
	statusUsage  = 2 // the stack file or the command line is not valid
)

const usage = `usage: rehearse [COMMAND] [-stack NAME] [-dir FOLDER] [-outside] [-replace URN ...] [-v] [-json]

Runs a stack on the real Pulumi engine against a simulated AWS account. Commands:

  (none)    preview, up, up again, refresh, up after refresh, destroy; stops at the first failure
  preview   show what up would do
  up        create or update the stack
  refresh   compare the state with the account
  destroy   delete the stack and check the account for leftovers
  state     print the resources by component with their ids, and what failed; with -json, the state as pulumi stack export prints it
  world     print the simulated account as JSON
  report    print the report as JSON

State, account, report and log are saved in .rehearsal/NAME, or in the folder of -dir; remove that folder to start over.

`

func main() {
	engine.Confine()
	processor.CollectLessOften()
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
	flags.StringVar(&c.dir, "dir", "", "save state, account, report and log in this folder instead of .rehearsal/NAME")
	flags.BoolVar(&c.outside, "outside", false, "send requests from outside the VPC, where a private API is available only through cluster.endpoint.proxy")
	var replace []string
	flags.Func("replace", "replace the resource with this URN in an up, as pulumi up --replace does; can be repeated", func(urn string) error {
		replace = append(replace, urn)
		return nil
	})
	labFile := flags.String("lab", "", "use the running lab that wrote this file; bin/lab -up does")
	flags.BoolVar(&c.json, "json", false, "print the report, the state or problems of the stack file as JSON, and nothing else, on standard output")
	flags.BoolVar(&c.verbose, "v", false, "list each resource that is created or deleted, complete values, and more columns of times, with a legend")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return show(statusOK, func(out io.Writer) {
			fmt.Fprint(out, usage)
			flags.SetOutput(out)
			flags.PrintDefaults()
		})
	} else if err != nil {
		return usageError("%v; see rehearse -h", err)
	}
	if flags.NArg() > 0 {
		return usageError("unexpected argument %q; see rehearse -h", flags.Arg(0))
	}
	if len(replace) > 0 && command != "up" {
		return usageError("-replace requires command up")
	}
	root, err := project.Root()
	if err != nil {
		return usageError("%v; run rehearse inside the checkout", err)
	}
	switch command {
	case "state", "world", "report":
		return c.print(root, command)
	case "", "preview", "up", "refresh", "destroy":
		if *labFile != "" {
			if c.lab, err = lab.Connect(*labFile); err != nil {
				return usageError("%v", err)
			}
		}
		return c.rehearse(root, command, replace)
	default:
		return usageError("no command %q; see rehearse -h", command)
	}
}

func (c call) rehearse(root, command string, replace []string) int {
	r, err := scenario.Open(scenario.Options{
		Root: root, Stack: c.stack, Dir: c.dir, Program: engine.Inline(stack.Program), Progress: progress(c.json), Outside: c.outside, Lab: c.lab,
	})
	if err != nil {
		return c.refuse(err)
	}
	began := time.Now()
	ok := operate(r, command, replace)
	if err := r.Close(); err != nil {
		return usageError("%v", err)
	}
	status := statusOK
	if !ok {
		status = statusFailed
	}
	status = show(status, func(out io.Writer) {
		if c.json {
			writeJSON(out, r.Report)
			return
		}
		c.write(out, command, r)
		c.footer(out, time.Since(began))
	})
	if !ok && c.lab == nil { // the cluster of a lab ends with it
		fmt.Fprintf(os.Stderr, "State kept in %s. Inspect: %s. Resume: %s (or destroy). Start over: rm -r %s.\n",
			r.Dir, c.command("state"), c.command("up"), quote(r.Dir))
	}
	return status
}

// refuse reports why no operation ran, with -json on standard output too.
func (c call) refuse(err error) int {
	if c.json {
		show(statusUsage, func(out io.Writer) { _ = project.WriteJSON(out, err) })
	}
	return usageError("%v", err)
}

// write prints what a command changed, and its operations in a table. A run without a command creates and deletes every
// resource, so it lists only what its up does to resources that already existed.
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

// footer prints the time and memory that a command used on this machine.
func (c call) footer(out io.Writer, took time.Duration) {
	if c.verbose {
		fmt.Fprintf(out, "%.1f s and %d MB on this machine\n", took.Seconds(), megabytes())
		return
	}
	fmt.Fprintf(out, "%.1f s on this machine\n", took.Seconds())
}

// show writes a result to standard output and returns the exit status.
func show(status int, write func(out io.Writer)) int {
	if err := output.Write(os.Stdout, write); err != nil {
		fmt.Fprintf(os.Stderr, "rehearse: %v\n", err)
		return max(status, statusFailed)
	}
	return status
}

// operate runs a command and reports whether every operation and check succeeded.
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

// megabytes returns the peak memory of this process and of the component's provider, which has exited.
func megabytes() int64 {
	var self, node syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &self) != nil || syscall.Getrusage(syscall.RUSAGE_CHILDREN, &node) != nil {
		return 0
	}
	return (self.Maxrss + node.Maxrss) / 1024
}

// interruptible returns a context that the first Ctrl-C cancels: calls in progress complete. The second Ctrl-C abandons
// them.
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

// print prints a file that a rehearsal saved.
func (c call) print(root, what string) int {
	dir := cmp.Or(c.dir, filepath.Join(root, ".rehearsal", c.stack))
	content, err := c.content(dir, what)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usageError("stack %q has no %s yet (%v); run %s first", c.stack, what, err, c.command("up"))
	case err != nil:
		return usageError("%v", err)
	}
	return show(statusOK, func(out io.Writer) { _, _ = out.Write(content) })
}

// content returns what a command prints of the files in a rehearsal's folder.
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

// readState returns the state in the format of `pulumi stack export`, also while an operation runs or after its process
// was killed.
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
		return &scenario.Terminal{Out: os.Stderr, Width: width}
	}
	return &scenario.Lines{Out: os.Stderr}
}

func writeJSON(out io.Writer, report *scenario.Report) {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(report)
}

func usageError(format string, values ...any) int {
	fmt.Fprintf(os.Stderr, "rehearse: "+format+"\n", values...)
	return statusUsage
}
