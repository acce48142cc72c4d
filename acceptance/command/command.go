// Package command is the command eksnet-aws without the process around it.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"eksnet/acceptance/accept"
	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/check"
	"eksnet/acceptance/look"
	"eksnet/config"
	"eksnet/internal/commandline"
	"eksnet/internal/leftover"
	"eksnet/internal/project"
	"eksnet/internal/stackfile"
	"eksnet/plan"
)

// The exit status.
const (
	clean       = 0
	remains     = 1 // resources of the stack remain
	misused     = 2 // the call or the stack file is wrong, or the command refuses the target
	unreachable = 3 // AWS refused a call, or did not answer
	interrupted = 130
)

const usage = `usage: eksnet-aws check STACK [-json] [-C DIR]
       eksnet-aws audit STACK [-json] [-C DIR]
       eksnet-aws sweep STACK --account ID --region REGION [--delete] [--data] [--with-cluster] [--deadline 30m] [-json] [-C DIR]
       eksnet-aws look STACK [WORKLOAD…] [-requests 100] [-scale] [-kubeconfig FILE] [-context NAME] [-client COMMAND] [-vpc-client COMMAND]
           [-settle 5m] [-svg FILE] [-json] [-C DIR]
       eksnet-aws accept STACK --account ID [-budget 2h] [-yes] [-rehearsed FILE] [-report FILE] [options of look] [-json] [-C DIR]

check compares the account with what the stack Pulumi.STACK.yaml needs, before it is created: account and region, leftovers of an earlier stack,
zones, instance types, VPC Block Public Access, service-linked roles, certificates, hosted zones, versions of add-ons, and quotas less what
the account uses. It changes nothing.

audit lists what belongs to the stack Pulumi.STACK.yaml in its account and region, or prevents its deletion: who created it, why it remains,
what it costs, and the commands that delete it. It changes nothing.

sweep lists what it would delete; with --delete it deletes it, in the order of teardown and in rounds, until nothing is left or the deadline
passes. Account and region must be those of the credentials and of the stack file. It refuses stacks and clusters with a name of production,
accounts in EKSNET_DENIED_ACCOUNTS (IDs with commas), and a stack with an active cluster without --with-cluster: pulumi destroy deletes such
a stack. It deletes nothing without a key of the stack, nothing in a VPC of others, and no volumes and snapshots without --data.

look sends requests to the workloads of a running stack, one connection each, and compares pods, client addresses, target health,
TargetGroupBindings and EndpointSlices with what follows from the stack file. With -scale it scales each workload to 1, 2 and 3 pods and back,
and counts the requests that are lost meanwhile. Otherwise it changes nothing. Internal load balancers get requests from the command of
-vpc-client, such as 'ssh HOST ./eksnet-aws', and all others from that of -client instead of from this machine.

accept runs check, pulumi preview, pulumi up, look, pulumi destroy and audit, and compares their times with the rehearsal. It asks for the
name of the stack before it creates it. Once the up has begun, destroy and audit always follow, also after an error, after Ctrl-C and when the
budget ends. It refuses the same targets as sweep.

The credentials are those of the AWS CLI, with aws:profile and aws:assumeRole of the stack file.

The exit status is 0 if nothing remains, all checks pass or a look has no difference, 1 if resources remain, a check fails or a look has
differences, 2 if the call or the stack file is wrong or the target is refused, 3 if AWS or Kubernetes refused a call, and 130 after an
interrupt. That of accept is 10 after a failed check, 11 preview, 12 up, 13 look, 14 destroy and 15 audit; the last two come first.

`

// World is what the command uses of its process.
type World struct {
	Out, Complaints io.Writer
	// Open returns the account of the credentials.
	Open        func(ctx context.Context, c Credentials) (Account, error)
	Environment func(name string) string
	// Cluster returns the cluster of a kubeconfig and a context.
	Cluster func(kubeconfig, context string) (look.Cluster, error)
	// Client is the client of requests, nil for one on this machine.
	Client look.Client
	// In is what a remote client reads, and the confirmation of an acceptance.
	In io.Reader
	// Driver runs the operations of a stack in the directory of its project, and Interrupts end them.
	Driver     func(dir, stack string) accept.Driver
	Interrupts <-chan os.Signal
	// Wait waits between rounds, time itself if nil.
	Wait func(ctx context.Context, d time.Duration) error
}

// Account is what the commands need of an account.
type Account interface {
	check.Prober
	look.Balancers
}

// Credentials are the settings of a stack file for its account.
type Credentials = account.Credentials

// call is what the command line asks for.
type call struct {
	command, stack, dir string
	json                bool
	account, region     string
	remove, data        bool
	withCluster         bool
	deadline, interval  time.Duration
	workloads           []string
	lookOptions
	acceptOptions

	// root is the project's directory.
	root  string
	spec  *config.Stack
	plan  *plan.Plan
	scope audit.Scope
}

// Run runs the command and returns its exit status.
func Run(ctx context.Context, args []string, w World) int {
	c, err := parse(args, w.Complaints)
	if errors.Is(err, flag.ErrHelp) {
		return clean
	}
	if err == nil && c.command == look.SendCommand {
		err = look.Serve(ctx, w.In, w.Out)
		if err == nil {
			return clean
		}
	}
	if err == nil {
		err = c.load()
	}
	if err != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: %v\n", err)
		return misused
	}
	a, err := w.Open(ctx, Credentials{Region: c.spec.Region, Profile: c.spec.Profile, Role: c.spec.Role})
	if err != nil {
		return c.complain(ctx, w, err)
	}
	switch c.command {
	case "check":
		return c.check(ctx, w, a)
	case "audit":
		return c.audit(ctx, w, a)
	case "look":
		return c.look(ctx, w, a)
	case "accept":
		return c.accept(ctx, w, a)
	}
	return c.sweep(ctx, w, a)
}

// parse reads the command line; flags may be before and after the stack.
func parse(args []string, complaints io.Writer) (*call, error) {
	c := &call{}
	flags := flag.NewFlagSet("eksnet-aws", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&c.json, "json", false, "print JSON on standard output")
	flags.StringVar(&c.dir, "C", "", "the project's `directory` (default: the nearest one with Pulumi.yaml, from the current directory upwards)")
	flags.StringVar(&c.account, "account", "", "the `ID` of the account that is swept")
	flags.StringVar(&c.region, "region", "", "the `region` that is swept")
	flags.BoolVar(&c.remove, "delete", false, "delete, and do not only list")
	flags.BoolVar(&c.data, "data", false, "delete volumes and snapshots too")
	flags.BoolVar(&c.withCluster, "with-cluster", false, "sweep although the cluster is active")
	flags.DurationVar(&c.deadline, "deadline", 30*time.Minute, "the `duration` after which no round begins")
	flags.DurationVar(&c.interval, "interval", 15*time.Second, "the `duration` between two rounds")
	c.lookOptions.add(flags)
	c.acceptOptions.add(flags)
	words, err := commandline.Words(flags, args, usage, complaints)
	if err != nil {
		return nil, err
	}
	return c, c.take(words)
}

// take reads what is no flag: the command and the stack.
func (c *call) take(words []string) error {
	if len(words) > 2 && words[0] == "look" {
		words, c.workloads = words[:2], words[2:]
	}
	switch {
	case len(words) == 0:
		return errors.New("no command; see eksnet-aws -h")
	case len(words) == 1 && words[0] == look.SendCommand:
		c.command = words[0]
		return nil
	case !slices.Contains([]string{"check", "audit", "sweep", "look", "accept"}, words[0]):
		return fmt.Errorf("unknown command %q; accepted: check, audit, sweep, look or accept; see eksnet-aws -h", words[0])
	case words[0] != "look" && words[0] != "accept" && c.lookOptions != defaultLook:
		return errors.New("-requests, -scale, -kubeconfig, -context, -client, -vpc-client, -settle and -svg are options of look and accept; see eksnet-aws -h")
	case words[0] != "accept" && c.acceptOptions != acceptOptions{budget: defaultBudget}:
		return errors.New("-budget, -yes, -rehearsed and -report are options of accept; see eksnet-aws -h")
	case len(words) != 2:
		return fmt.Errorf("%q: %s takes one stack; see eksnet-aws -h", strings.Join(words, " "), words[0])
	case words[0] != "sweep" && (c.remove || c.data || c.withCluster):
		return errors.New("--delete, --data and --with-cluster are options of sweep; see eksnet-aws -h")
	}
	c.command, c.stack = words[0], words[1]
	return c.lookOptions.check()
}

// load reads the stack file.
func (c *call) load() error {
	spec, planned, err := stackfile.Load(c.dir, c.stack)
	if err != nil {
		return err
	}
	if c.root, err = filepath.Abs(c.dir); c.dir == "" {
		c.root, err = project.Root()
	}
	if err != nil {
		return err
	}
	c.spec, c.plan, c.scope = spec, planned, scopeOf(c.stack, spec, planned)
	return nil
}

// scopeOf returns the scope of a stack file.
func scopeOf(stack string, spec *config.Stack, planned *plan.Plan) audit.Scope {
	scope := audit.Scope{Subject: leftover.Subject{Stack: stack, Cluster: spec.Cluster.Name, Owner: leftover.ExternalDNSOwner(spec.Cluster.Name, spec.Region)}}
	for _, zone := range spec.DNS.Zones {
		scope.Domains = append(scope.Domains, zone.Domain)
	}
	for _, record := range planned.Records {
		scope.Names = append(scope.Names, record.Host)
	}
	return scope
}

// complain prints one line for an error of AWS, with what to do.
func (c *call) complain(ctx context.Context, w World, err error) int {
	if ctx.Err() != nil {
		fmt.Fprintf(w.Complaints, "eksnet-aws: interrupted; what was deleted stays deleted, and the same command continues\n")
		return interrupted
	}
	advice := ""
	switch account.CauseOf(err) {
	case account.Unauthenticated:
		advice = fmt.Sprintf("; check the credentials with aws sts get-caller-identity, and that region %s is enabled in the account", c.spec.Region)
	case account.Denied:
		advice = fmt.Sprintf("; the permissions that the command needs are in docs/%s-policy.json", c.command)
	}
	fmt.Fprintf(w.Complaints, "eksnet-aws: %v%s\n", err, advice)
	return unreachable
}
