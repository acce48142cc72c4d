package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"eksnet/acceptance/look"
	"eksnet/internal/output"
)

// The most requests to a workload.
const mostRequests = 10000

// lookOptions are the options of look.
type lookOptions struct {
	kubeconfig, context string
	client, vpcClient   string
	requests            int
	scale               bool
	svg                 string
	settle              time.Duration
}

// defaultLook are the options that are not on the command line.
var defaultLook = lookOptions{requests: 100, settle: 5 * time.Minute}

// add adds the options to those of the command line.
func (o *lookOptions) add(flags *flag.FlagSet) {
	flags.IntVar(&o.requests, "requests", defaultLook.requests, "the `number` of requests to each workload")
	flags.BoolVar(&o.scale, "scale", false, "scale each workload to 1, 2 and 3 pods and back")
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "the `file` of kubectl (default: KUBECONFIG, or ~/.kube/config)")
	flags.StringVar(&o.context, "context", "", "the `name` of a context of the kubeconfig (default: its current one)")
	flags.StringVar(&o.client, "client", "", "the `command` that starts eksnet-aws where the clients are, such as 'ssh HOST ./eksnet-aws'")
	flags.StringVar(&o.vpcClient, "vpc-client", "", "the `command` that starts eksnet-aws in the VPC, for internal load balancers")
	flags.DurationVar(&o.settle, "settle", defaultLook.settle,
		"how long targets may differ from pods before it is a difference")
	flags.StringVar(&o.svg, "svg", "", "the `file` for a bar chart of the requests by pod")
}

// scales are the numbers of pods of -scale.
var scales = []int{1, 2, 3}

// check refuses options that are out of range.
func (o lookOptions) check() error {
	if o.requests < 0 || o.requests > mostRequests {
		return fmt.Errorf("-requests %d; 0 to %d are accepted, such as 100", o.requests, mostRequests)
	}
	return nil
}

// look is the command look. It prints what was seen also if an error or a signal ends it.
func (c *call) look(ctx context.Context, w World, a Account) int {
	identity, err := a.Identity(ctx)
	if err != nil {
		return c.complain(ctx, w, err)
	}
	if allowed := c.spec.Accounts; len(allowed) > 0 && !slices.Contains(allowed, identity.Account) {
		return c.refuse(w, fmt.Errorf("the credentials are those of account %s (%s); aws:allowedAccountIds of stack %s accepts %s: choose other credentials, such as with AWS_PROFILE",
			identity.Account, identity.ARN, c.stack, strings.Join(allowed, ", ")))
	}
	cluster, err := w.Cluster(c.lookOptions.kubeconfig, c.lookOptions.context)
	if err != nil {
		return c.refuse(w, err)
	}
	clients, end := c.clients(w)
	defer end()
	options := c.lookRun(w, clients)
	result, failed := look.Run(ctx, cluster, a, look.Stack{Spec: c.spec, Plan: c.plan}, options)
	if err := c.writeLook(w.Out, result); err != nil {
		return c.refuse(w, err)
	}
	changed := (*look.NotSetBack)(nil)
	switch {
	case errors.As(failed, &changed):
		fmt.Fprintf(w.Complaints, "eksnet-aws: workload %s: %v\n", changed.Workload, changed)
		return unreachable
	case errors.Is(failed, context.Canceled):
		fmt.Fprintln(w.Complaints, "eksnet-aws: interrupted; the number of pods is set back, and what was seen until then is printed")
		return interrupted
	case failed != nil:
		return c.complain(ctx, w, failed)
	case result.Differs():
		return remains
	}
	return clean
}

// lookRun returns the options of a look.
func (c *call) lookRun(w World, clients map[look.Place]look.Client) look.Options {
	o := look.Options{Workloads: c.workloads, Requests: c.lookOptions.requests, Settle: c.lookOptions.settle, Clients: clients,
		Wait:     w.Wait,
		Progress: func(workload, part string) { fmt.Fprintf(w.Complaints, "%s: %s\n", workload, part) }}
	if c.lookOptions.scale {
		o.Scales = scales
	}
	return o
}

// clients returns the clients by place, and what ends them.
func (c *call) clients(w World) (map[look.Place]look.Client, func()) {
	clients := map[look.Place]look.Client{look.Outside: look.Here{}}
	if w.Client != nil {
		clients[look.Outside] = w.Client
	}
	var remote []*look.Remote
	for place, line := range map[look.Place]string{look.Outside: c.lookOptions.client, look.InVPC: c.lookOptions.vpcClient} {
		if line != "" {
			r := &look.Remote{Command: line}
			remote, clients[place] = append(remote, r), r
		}
	}
	return clients, func() {
		for _, r := range remote {
			r.Close()
		}
	}
}

// writeLook writes the result, and with -svg the chart.
func (c *call) writeLook(out io.Writer, result *look.Result) error {
	if file := c.lookOptions.svg; file != "" {
		if err := os.WriteFile(file, result.SVG(), 0o644); err != nil {
			return fmt.Errorf("-svg: %w", err)
		}
	}
	return output.Write(out, func(out io.Writer) {
		if c.json {
			writeJSON(out, result)
			return
		}
		result.WriteText(out)
	})
}

// refuse prints one line for a wrong call.
func (c *call) refuse(w World, err error) int {
	fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
	return misused
}
