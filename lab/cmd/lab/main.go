// Command lab runs a rehearsed stack's cluster with the real controllers and a simulated AWS, without a network.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"golang.org/x/sys/unix"

	"eksnet/internal/project"
)

// The exit status.
const (
	asPromised = 0
	broken     = 1 // a process died, an address is missing, a check failed
	misused    = 2 // the call is wrong, or the machine lacks something
)

const usage = `usage: lab [-stack NAME] [-test]

Runs the real API server, load balancer controller and cloud controller for a stack, with moto as AWS, in a network namespace that has only
loopback. It stays until it is stopped, and prints addresses and how to look. What it runs is built once and kept in .lab/; logs are in
.lab/stacks/NAME/lab/logs.

`

// order is what the command is asked for.
type order struct {
	root, stack             string
	test                    bool
	kubernetesPort, awsPort int
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) > 0 && args[0] == inside {
		return runInside(args[1:])
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return asPromised
	}
	if err == nil {
		o.root, err = project.Root()
	}
	if err != nil {
		return told(misused, err)
	}
	ctx, stop := interruptible()
	defer stop()
	return told(o.outside(ctx))
}

// parse reads the flags.
func parse(args []string) (*order, error) {
	o := &order{}
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.stack, "stack", "local", "the stack, as in Pulumi.NAME.yaml")
	flags.BoolVar(&o.test, "test", false, "start, check and stop, in the place of staying")
	flags.IntVar(&o.kubernetesPort, "kubernetes-port", 16443, "the port of 127.0.0.1 for the API server")
	flags.IntVar(&o.awsPort, "aws-port", 15000, "the port of 127.0.0.1 for AWS")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Print(usage)
		flags.SetOutput(os.Stdout)
		flags.PrintDefaults()
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w; see lab -h", err)
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q; see lab -h", flags.Arg(0))
	}
	return o, nil
}

// interruptible is a context that Ctrl-C ends.
func interruptible() (context.Context, func()) {
	return signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
}

// told prints an error, if there is one, and gives the exit status.
func told(status int, err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab: "+err.Error())
	}
	return status
}

func (o *order) cache() string     { return filepath.Join(o.root, ".lab") }
func (o *order) dir() string       { return filepath.Join(o.root, ".lab", "stacks", o.stack) }
func (o *order) rehearsal() string { return filepath.Join(o.dir(), "rehearsal") }
func (o *order) lab() string       { return filepath.Join(o.dir(), "lab") }
