package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"eksnet/config"
	"eksnet/drawing"
	"eksnet/internal/commandline"
	here "eksnet/internal/project"
	"eksnet/internal/stackfile"
	"eksnet/plan"
	"eksnet/speed"
)

// The exit status.
const (
	planned    = 0
	unmeasured = 1 // a measurement failed, or was interrupted
	misused    = 2 // the stack file or the call is wrong
)

const usage = `usage: eksnet plan STACK [-json] [-svg FILE] [-C DIR]
       eksnet path STACK [WORKLOAD] [-json] [-C DIR]
       eksnet speed STACK [WORKLOAD] [-json] [-svg FILE] [-seconds N] [-runs N] [-kubeconfig FILE] [-context NAME] [-C DIR]

plan shows the plan of the stack file Pulumi.STACK.yaml: whether it can be built, warnings, network, cluster, node groups and workloads,
what is billed by the hour (no prices), and what it needs of AWS quotas. With -svg it also draws the network. path shows the path of
traffic to the pods of a workload, or of all workloads: the load balancer, target and hops, the source address, and how traffic leaves the pods.
Both only read files: they use no account, no Pulumi engine and no network.

speed measures the speed between the pods of a workload of kind speed, in one node, in one zone and between zones, and prints it beside the
ceilings of EC2. It runs iperf3 and ping in these pods, with the program kubectl and your kubeconfig, and creates nothing. AWS bills what it sends
between zones. -svg draws the result as a bar chart.

The exit status is 0 if the stack can be built, and 2 if not: then every problem is printed with its path and, where it is known, file and line.
It is 1 if a measurement failed or was interrupted: what was measured until then is printed.
With -json the problems are also on standard output as JSON, with file, line, column, path and message.

`

// run is the whole command but for the process around it.
func run(ctx context.Context, args []string, out, complaints io.Writer) int {
	call, err := parse(args, complaints)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return planned
	case err != nil:
		return call.refuse(out, complaints, err)
	}
	spec, p, err := stackfile.Load(call.dir, call.stack)
	if err != nil {
		return call.refuse(out, complaints, err)
	}
	switch call.command {
	case speedCommand:
		return call.measureSpeed(ctx, out, complaints, speed.Kubectl{Kubeconfig: call.speed.kubeconfig, Context: call.speed.context}, spec, p)
	case pathCommand:
		err = call.writePaths(out, spec, p)
	default:
		err = call.writePlan(out, spec, p)
	}
	if err != nil {
		return complain(complaints, err)
	}
	return planned
}

// writePlan is the command plan.
func (c call) writePlan(out io.Writer, spec *config.Stack, p *plan.Plan) error {
	if c.svg != "" {
		if err := writePicture(drawing.SVG(c.stack, spec, p), c.svg, out); err != nil || c.svg == standardOutput {
			return err
		}
	}
	r := newReport(c.stack, spec, p)
	if c.json {
		return writeJSON(out, r)
	}
	return r.writeTables(out)
}

// refuse reports why nothing is printed, with -json on standard output too.
func (c call) refuse(out, complaints io.Writer, err error) int {
	if c.json && c.svg != standardOutput {
		if err := here.WriteJSON(out, err); err != nil {
			fmt.Fprintf(complaints, "eksnet: standard output: %v\n", err)
		}
	}
	return complain(complaints, err)
}

func complain(complaints io.Writer, err error) int {
	fmt.Fprintf(complaints, "eksnet: %v\n", err)
	return misused
}

// The commands.
const (
	planCommand  = "plan"
	pathCommand  = "path"
	speedCommand = "speed"
)

// call is what the command line asks for.
type call struct {
	command, stack, dir string
	json                bool
	// workload is the one whose path or speed is asked for, "" for all paths.
	workload string
	// svg is the file for the drawing, "" for none.
	svg   string
	speed speedOptions
}

// parse reads the command line; flags may stand before and after the stack.
func parse(args []string, complaints io.Writer) (call, error) {
	var c call
	flags := flag.NewFlagSet("eksnet", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&c.json, "json", false, "print JSON, and nothing else, on standard output")
	flags.Func("svg", "draw the network, or the speeds, into this `file`, which is overwritten; - is standard output, with nothing else on it", c.draw)
	flags.IntVar(&c.speed.seconds, "seconds", 10, "speed: the length of a run in `seconds`")
	flags.IntVar(&c.speed.runs, "runs", 1, "speed: the `number` of runs of each measurement, whose median counts")
	flags.StringVar(&c.speed.kubeconfig, "kubeconfig", "", "speed: the `file` that kubectl uses (default: KUBECONFIG, or ~/.kube/config)")
	flags.StringVar(&c.speed.context, "context", "", "speed: the `name` of the context that kubectl uses (default: the current one)")
	flags.StringVar(&c.dir, "C", "", "the project's `directory` (default: the nearest one with Pulumi.yaml, from the current directory upwards)")
	flags.StringVar(&c.dir, "root", "", "the same as -C")
	words, err := commandline.Words(flags, args, usage, complaints)
	if err != nil {
		return c, err
	}
	if err := c.take(words); err != nil {
		return c, err
	}
	return c, c.checkOptions(flags)
}

// checkOptions refuses options of another command.
func (c call) checkOptions(flags *flag.FlagSet) error {
	var misplaced error
	flags.Visit(func(f *flag.Flag) {
		if strings.HasPrefix(f.Usage, "speed: ") && c.command != speedCommand {
			misplaced = fmt.Errorf("-%s is an option of speed; see eksnet -h", f.Name)
		}
	})
	if misplaced == nil && c.command == speedCommand {
		return c.speed.check()
	}
	return misplaced
}

// take reads what is no flag: the command, the stack, and of path and speed the workload.
func (c *call) take(words []string) error {
	if len(words) == 0 {
		return errors.New("no command; see eksnet -h")
	}
	c.command, words = words[0], append(words[1:], "", "")
	c.stack, c.workload = words[0], words[1]
	switch rest := strings.Join(words, " "); {
	case c.command != planCommand && c.command != pathCommand && c.command != speedCommand:
		return fmt.Errorf("unknown command %q; accepted: plan, path or speed; see eksnet -h", c.command)
	case c.command == planCommand && c.workload != "":
		return fmt.Errorf("%q: plan takes one stack; see eksnet -h", strings.TrimSpace(rest))
	case c.command != planCommand && len(words) > 4:
		return fmt.Errorf("%q: %s takes one stack and one workload; see eksnet -h", strings.TrimSpace(rest), c.command)
	case c.command == pathCommand && c.svg != "":
		return errors.New("-svg draws the network or the speeds and is an option of plan and speed; see eksnet -h")
	case c.json && c.svg == standardOutput:
		return errors.New("-json and -svg - both write to standard output; name a file for the drawing, such as -svg network.svg")
	}
	return nil
}

// draw is -svg.
func (c *call) draw(file string) error {
	if file == "" {
		return errors.New("no file named; write one, such as network.svg")
	}
	c.svg = file
	return nil
}
