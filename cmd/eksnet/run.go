package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"eksnet/config"
	"eksnet/config/schema"
	"eksnet/drawing"
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
	notLeft    = 3 // a part of the stack may not survive the failure of a zone
)

const usage = `usage: eksnet plan STACK [-json] [-svg FILE] [-without-zone ZONE] [-C DIR]
       eksnet path STACK [WORKLOAD] [-json] [-C DIR]
       eksnet speed STACK [WORKLOAD] [-json] [-svg FILE] [-seconds N] [-runs N] [-kubeconfig FILE] [-context NAME] [-C DIR]
       eksnet validate [STACK...] [-json] [-C DIR]
       eksnet init STACK -region REGION -zones ZONES -account ID -endpoint RANGES [-cidr RANGE] [-cluster NAME]
              [-instance-types TYPES] [-workloads LIST] [-C DIR]
       eksnet schema
       eksnet completion bash|zsh|fish

plan shows the plan of the stack file Pulumi.STACK.yaml: whether it can be built, warnings, network, cluster, node groups and workloads,
what is billed by the hour (no prices), and what it needs of AWS quotas. With -svg it also draws the network. With -without-zone it shows what is left
while a zone fails: nodes, pods, NAT gateways, load balancers and names. path shows the path of
traffic to the pods of a workload, or of all workloads: the load balancer, target and hops, the source address, and how traffic leaves the pods.
Both only read files: they use no account, no Pulumi engine and no network.

speed measures the speed between the pods of a workload of kind speed, in one node, in one zone and between zones, and prints it beside the
ceilings of EC2. It runs iperf3 and ping in these pods, with the program kubectl and your kubeconfig, and creates nothing. AWS bills what it sends
between zones. -svg draws the result as a bar chart.

validate finds the same problems as plan, in some stack files or in all of them, and prints nothing else. init writes a stack file that can be
built, and never replaces one. schema prints the JSON schema of stack files, which editors use. completion prints the completion of commands,
flags, stacks and workloads for a shell: source <(eksnet completion bash).

The exit status is 0 if the stack can be built, and 2 if not: then every problem is printed with its path and, where it is known, file and line.
It is 1 if a measurement failed or was interrupted: what was measured until then is printed. It is 3 if a part of the stack is lost, or may be,
while the zone of -without-zone fails.
With -json the problems are also on standard output as JSON, with file, line, column, path and message.

`

// run is the whole command but for the process around it.
func run(ctx context.Context, args []string, out, complaints io.Writer) int {
	if len(args) > 0 && args[0] == completeCommand {
		return complete(args[1:], out)
	}
	call, err := parse(args, complaints)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return planned
	case err != nil:
		return call.refuse(out, complaints, err)
	}
	switch call.command {
	case validateCommand:
		return call.validate(out, complaints)
	case initCommand:
		err = call.writeStackFile(out)
	case schemaCommand:
		_, err = out.Write(schema.Text)
	case completionCommand:
		err = writeCompletion(call.words[0], out)
	default:
		return call.ofStack(ctx, out, complaints)
	}
	if err != nil {
		return call.refuse(out, complaints, err)
	}
	return planned
}

// ofStack runs a command that is about one stack file.
func (c call) ofStack(ctx context.Context, out, complaints io.Writer) int {
	spec, p, err := stackfile.Load(c.dir, c.stack)
	if err != nil {
		return c.refuse(out, complaints, err)
	}
	switch c.command {
	case speedCommand:
		return c.measureSpeed(ctx, out, complaints, speed.Kubectl{Kubeconfig: c.speed.kubeconfig, Context: c.speed.context}, spec, p)
	case pathCommand:
		err = c.writePaths(out, spec, p)
	case planCommand:
		if c.zone != "" {
			return c.showZoneLoss(out, complaints, spec, p)
		}
		err = c.writePlan(out, spec, p)
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
