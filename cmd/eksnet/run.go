package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"eksnet/config"
	"eksnet/drawing"
	"eksnet/plan"
)

// The exit status.
const (
	planned = 0
	misused = 2 // the stack file or the call is wrong
)

const usage = `usage: eksnet plan STACK [-json] [-svg FILE] [-C DIR]

Tells what the stack file Pulumi.STACK.yaml means: network, cluster, node groups and workloads, what is billed by the hour (no prices),
which of AWS's quotas it needs how much of, and what may not work. With -svg it draws the network too. It reads the files alone: no
account, no engine, no network.

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
	spec, p, err := call.plan()
	if err != nil {
		return complain(complaints, err)
	}
	if call.svg != "" {
		err = writePicture(drawing.SVG(call.stack, spec, p), call.svg, out)
	}
	r := newReport(call.stack, spec, p)
	switch {
	case err != nil || call.svg == standardOutput:
	case call.json:
		err = r.writeJSON(out)
	default:
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
	// svg is the file for the drawing, "" for none.
	svg string
}

// parse reads the command line; flags may stand before and after the stack.
func parse(args []string, complaints io.Writer) (call, error) {
	var c call
	flags := flag.NewFlagSet("eksnet", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&c.json, "json", false, "print the plan as JSON, and nothing else, on standard output")
	flags.Func("svg", "draw the network into this `file`, in the place of what stands there; - is standard output, with nothing else on it", c.draw)
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
	case c.json && c.svg == standardOutput:
		return c, errors.New("-json and -svg - both want standard output; name a file for the drawing, such as -svg network.svg")
	case len(words) == 2:
		c.stack = words[1]
	}
	return c, nil
}

// draw is -svg.
func (c *call) draw(file string) error {
	if file == "" {
		return errors.New("no file named; write one, such as network.svg")
	}
	c.svg = file
	return nil
}

// plan plans the stack that is asked for. The error holds every mistake of its file.
func (c call) plan() (*config.Stack, *plan.Plan, error) {
	p, err := openProject(c.dir)
	if err != nil {
		return nil, nil, err
	}
	file, err := p.stackFile(c.stack)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.settings(file)
	if err != nil {
		return nil, nil, err
	}
	spec, problems := config.Load(s.get, s.keys)
	planned, more := plan.New(spec)
	if err := s.encrypted.With(problems).With(more).Err(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	return spec, planned, nil
}
