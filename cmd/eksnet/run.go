package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"eksnet/config"
	"eksnet/plan"
)

// The exit status.
const (
	planned = 0
	misused = 2 // the stack file or the call is wrong
)

const usage = `usage: eksnet plan STACK [-json] [-C DIR]

Tells what the stack file Pulumi.STACK.yaml means: network, cluster, node groups and workloads, what is billed by the hour (no prices),
which of AWS's quotas it needs how much of, and what may not work. It reads the files alone: no account, no engine, no network.

The status is 0 if the stack can be built, and 2 with every mistake by its path if it cannot.

`

// run is the whole command but for the process around it.
func run(args []string, out, complaints io.Writer) int {
	call, err := parse(args, complaints)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return planned
	case err != nil:
		return complain(complaints, err)
	}
	r, err := call.report()
	if err != nil {
		return complain(complaints, err)
	}
	if call.json {
		err = r.writeJSON(out)
	} else {
		err = r.writeTables(out)
	}
	if err != nil {
		return complain(complaints, err)
	}
	return planned
}

func complain(complaints io.Writer, err error) int {
	fmt.Fprintf(complaints, "eksnet: %v\n", err)
	return misused
}

// call is what the command line asks for.
type call struct {
	stack, dir string
	json       bool
}

// parse reads the command line; flags may stand before and after the stack.
func parse(args []string, complaints io.Writer) (call, error) {
	var c call
	flags := flag.NewFlagSet("eksnet", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&c.json, "json", false, "print the plan as JSON, and nothing else, on standard output")
	flags.StringVar(&c.dir, "C", "", "the project's `folder` (default: the nearest upwards with Pulumi.yaml)")
	flags.StringVar(&c.dir, "root", "", "the same as -C")
	var words []string
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(complaints, usage)
			flags.SetOutput(complaints)
			flags.PrintDefaults()
			return c, err
		}
		if err != nil {
			return c, fmt.Errorf("%w; see eksnet -h", err)
		}
		if flags.NArg() == 0 {
			break
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
	switch {
	case len(words) == 0:
		return c, errors.New("no command; see eksnet -h")
	case words[0] != "plan":
		return c, fmt.Errorf("no command %q, there is plan alone; see eksnet -h", words[0])
	case len(words) > 2:
		return c, fmt.Errorf("%q: plan takes one stack; see eksnet -h", strings.Join(words[1:], " "))
	case len(words) == 2:
		c.stack = words[1]
	}
	return c, nil
}

// report plans the stack that is asked for. The error holds every mistake of its file.
func (c call) report() (*report, error) {
	p, err := openProject(c.dir)
	if err != nil {
		return nil, err
	}
	file, err := p.stackFile(c.stack)
	if err != nil {
		return nil, err
	}
	s, err := p.settings(file)
	if err != nil {
		return nil, err
	}
	spec, problems := config.Load(s.get, s.keys)
	planned, more := plan.New(spec)
	if err := s.encrypted.With(problems).With(more).Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return newReport(c.stack, spec, planned), nil
}
