// Command pulumi has the part of pulumi's command line that an acceptance uses. The engine runs in this process, in the
// simulated account, or in a lab that follows it.
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
	"syscall"

	"eksnet/acceptance/simulated"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/lab"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

// failed is the exit status of pulumi after a failure.
const failed = 255

// The environment: the folder of state and account, and the file of a running lab, "" for none.
const (
	folder  = "EKSNET_ACCEPTANCE_FOLDER"
	labFile = "EKSNET_ACCEPTANCE_LAB"
)

func main() {
	engine.Confine()
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "error: %v\n", err)
		os.Exit(failed)
	}
}

// operations are those that an acceptance runs.
var operations = []string{"preview", "up", "destroy"}

// run runs an operation as the command line says.
func run(args []string) error {
	if len(args) == 0 || !slices.Contains(operations, args[0]) {
		return fmt.Errorf("%q: accepted: preview, up, destroy", args)
	}
	flags := flag.NewFlagSet("pulumi", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	o := scenario.Options{Program: engine.Inline(stack.Program), Dir: os.Getenv(folder)}
	flags.StringVar(&o.Stack, "stack", "", "the stack")
	flags.StringVar(&o.Root, "cwd", "", "the project's directory")
	events := flags.String("event-log", "", "the file for the events of the engine")
	for _, name := range []string{"non-interactive", "yes", "skip-preview"} {
		flags.Bool(name, false, "no question is asked anyway")
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if file := os.Getenv(labFile); file != "" {
		var err error
		if o.Lab, err = lab.Connect(file); err != nil {
			return err
		}
	}
	log, err := os.Create(*events)
	if err != nil {
		return fmt.Errorf("--event-log: %w", err)
	}
	written := &simulated.EventLog{Progress: &scenario.Lines{Out: os.Stdout}, Out: log}
	o.Progress = written
	return errors.Join(operate(args[0], o), written.Err(), log.Close())
}

// operate runs an operation, which an interrupt ends: running calls finish, and no others start. A second one abandons
// the running calls.
func operate(operation string, o scenario.Options) error {
	r, err := scenario.Open(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	go func() {
		<-signals
		cancel()
		<-signals
		close(r.Terminate)
	}()
	var done scenario.Operation
	switch operation {
	case "preview":
		done = r.Preview(ctx)
	case "up":
		done = r.Up(ctx)
	default:
		done = r.Destroy(ctx)
	}
	if done.Error != "" {
		err = errors.New(done.Error)
	}
	return errors.Join(err, r.Close())
}
