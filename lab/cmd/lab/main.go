//go:build linux

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
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"eksnet/internal/project"
	"eksnet/lab/cluster"
	"eksnet/lab/cri"
)

// Exit statuses.
const (
	statusOK     = 0
	statusFailed = 1 // a process ended unexpectedly, an address is missing, a check failed
	statusUsage  = 2 // wrong arguments, or the machine lacks a requirement
)

const usage = `usage: lab [-stack NAME] [-nodes HOW] [-test | -paths | -up | -accept | -compare WHAT | -aws]
       lab [-stack NAME] node HOST [COMMAND ...]
       lab [-stack NAME] capture HOST
       lab [-stack NAME] requests WORKLOAD [-n COUNT] [-svg FILE]
       lab [-stack NAME] hops WORKLOAD [-zone ZONE]
       lab [-stack NAME] hops -from NAMESPACE/POD URL

Runs the real API server, load balancer controller and cloud controller for a stack, with moto as AWS, in a network namespace that has only a
loopback interface. It prints the addresses and how to use them, and runs until Ctrl-C. Its programs are built once and cached in .lab/; logs are in
.lab/stacks/NAME/lab/logs.

Nodes run: each has a network namespace with kubelet, kube-proxy and AWS's CNI code, and pods are processes that send packets. Where the machine
does not allow it, they are simulated: the lab sets the status of nodes and pods. With a lab of the same stack running, lab node runs a command, or
a shell, on a node or another host, and lab capture prints the packets there. lab requests sends requests through the
load balancer of a workload and prints where they arrive, and lab hops sends one and prints it on each interface that it
passes; both print what differs from eksnet path, and end with status 1 then.

`

// comparisons are what bin/compare compares.
var comparisons = []string{"life", comparedChanges, "failures"}

const comparedChanges = "changes"

// Nodes run, or their status is set.
const (
	nodesRun      = "run"
	nodesSimulate = "simulate"
)

// stackName matches the names that Pulumi accepts for stacks, without those of hidden folders.
var stackName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)

// invocation holds the arguments of the command.
type invocation struct {
	root, stack             string
	test                    bool
	rows                    bool // -paths
	aws                     bool
	terraform               string // the path of terraform or tofu, with aws
	up, interrupted         bool
	accept                  bool
	nodes                   string // how nodes are, see nodeModes; "" for the default
	proxyMode               string // of kube-proxy
	arguments               []string
	runNodes                bool   // as decided
	pid                     string // in the namespace of the caller
	compared                string // what is compared, "" for nothing
	kubernetesPort, awsPort int
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) > 0 {
		switch args[0] {
		case inside:
			return runInside(args[1:])
		case cri.InitCommand:
			return cri.RunInit(args[1:])
		case cluster.GameCommand:
			return runGame()
		case cluster.EchoServerCommand:
			return runEchoServer()
		case printPackets:
			ctx, stop := interruptible()
			defer stop()
			return printError(runCapture(ctx))
		}
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return statusOK
	}
	if err == nil {
		o.root, err = project.Root()
	}
	if err != nil {
		return printError(statusUsage, err)
	}
	ctx, stop := interruptible()
	defer stop()
	switch {
	case isMeasurement(o.arguments):
		return printError(o.runMeasurement(ctx, o.arguments))
	case len(o.arguments) > 0:
		return printError(o.runOnHost(o.arguments[0], o.arguments[1:]))
	}
	return printError(o.runOutside(ctx))
}

// parse reads the flags.
func parse(args []string) (*invocation, error) {
	o := &invocation{}
	flags := flag.NewFlagSet("lab", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.stack, "stack", "local", "the stack, as in Pulumi.NAME.yaml")
	flags.BoolVar(&o.test, "test", false, "start the lab, run the checks and stop it")
	flags.BoolVar(&o.rows, "paths", false, "measure each row of docs/load-balancing.md in a lab of their stack, whose nodes run, and write path/measured.json")
	flags.BoolVar(&o.aws, "aws", false, "start moto alone, and check the stack's AWS resources with terraform and the upstream AWS provider")
	flags.BoolVar(&o.up, "up", false, "start an empty lab, run the whole life of the stack in it with Pulumi's Kubernetes provider, and stop it")
	flags.BoolVar(&o.accept, "accept", false, "start an empty lab, and run eksnet-aws accept in it, with Pulumi's engine and Kubernetes provider")
	flags.BoolVar(&o.interrupted, "interrupted", false, "with -up: interrupt up and destroy in the middle, and continue")
	flags.StringVar(&o.compared, "compare", "", "start an empty lab, and compare it with the simulated cluster for the stack's life, its changes or faults: life, changes or failures")
	flags.StringVar(&o.nodes, "nodes", "", "run: nodes run, or the lab reports why not and ends; simulate: their status is set. The default is to run them where the machine allows it; "+
		"-test, -up, -accept and -compare simulate them")
	flags.StringVar(&o.proxyMode, "proxy-mode", "", "the mode of kube-proxy on nodes that run: iptables or nftables (default that of the stack)")
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
	case !stackName.MatchString(o.stack): // it is also the name of a folder
		return nil, fmt.Errorf("-stack %s: accepted: NAME as in Pulumi.NAME.yaml; see lab -h", o.stack)
	case o.compared != "" && !slices.Contains(comparisons, o.compared):
		return nil, fmt.Errorf("-compare %s: accepted: %s; see lab -h", o.compared, strings.Join(comparisons, ", "))
	case o.accept && (o.up || o.compared != ""):
		return nil, errors.New("-accept excludes -up and -compare; see lab -h")
	case o.interrupted && !o.up:
		return nil, errors.New("-interrupted requires -up; see lab -h")
	case o.aws && (o.test || o.isFollowing()):
		return nil, errors.New("-aws excludes -test, -up, -accept and -compare; see lab -h")
	case o.rows && (o.test || o.aws || o.isFollowing() || o.nodes == nodesSimulate || isSet(flags, "stack")):
		return nil, errors.New("-paths has a stack of its own whose nodes run, and excludes -stack, -test, -aws, -up, -accept, -compare and -nodes simulate; see lab -h")
	case o.nodes != "" && o.nodes != nodesRun && o.nodes != nodesSimulate:
		return nil, fmt.Errorf("-nodes %s: accepted: %s, %s; see lab -h", o.nodes, nodesRun, nodesSimulate)
	case o.proxyMode != "" && o.proxyMode != cluster.ModeIPTables && o.proxyMode != cluster.ModeNFTables:
		return nil, fmt.Errorf("-proxy-mode %s: accepted: %s, %s; see lab -h", o.proxyMode, cluster.ModeIPTables, cluster.ModeNFTables)
	case o.nodes == nodesRun && (o.aws || o.isFollowing()):
		return nil, errors.New("-nodes run excludes -aws, -up, -accept and -compare, whose nodes are simulated; see lab -h")
	case flags.NArg() > 0 && !isOnHost(flags.Args()) && !isMeasurement(flags.Args()):
		return nil, fmt.Errorf("unexpected argument %q; see lab -h", flags.Arg(0))
	}
	o.arguments = flags.Args()
	if o.rows {
		o.stack, o.nodes = rowsStack, nodesRun
	}
	return o, nil
}

// isSet reports whether a flag was given.
func isSet(flags *flag.FlagSet, name string) (found bool) {
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// interruptible returns a context that Ctrl-C cancels. A second Ctrl-C ends the command, and the kernel its processes.
func interruptible() (context.Context, func()) {
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// printError prints an error, if there is one, and returns the exit status.
func printError(status int, err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, "lab: "+err.Error())
	}
	return status
}

// isFollowing reports whether the lab starts empty and follows a rehearsal.
func (o *invocation) isFollowing() bool { return o.up || o.accept || o.compared != "" }

// wantsNodes reports whether nodes run if the machine allows it.
func (o *invocation) wantsNodes() bool {
	return o.nodes == nodesRun || o.nodes == "" && !o.test && !o.aws && !o.isFollowing()
}

// isListening reports whether the lab is reachable from outside.
func (o *invocation) isListening() bool { return !o.test && !o.rows && !o.aws }

func (o *invocation) cache() string     { return filepath.Join(o.root, ".lab") }
func (o *invocation) dir() string       { return filepath.Join(o.root, ".lab", "stacks", o.stack) }
func (o *invocation) rehearsal() string { return filepath.Join(o.dir(), "rehearsal") }
func (o *invocation) lab() string       { return filepath.Join(o.dir(), "lab") }

// namespaces is the folder of the network namespaces of nodes, in the mount namespace of the lab.
func (o *invocation) namespaces() string { return filepath.Join(o.lab(), "network") }

// lockFile is the file that a running lab locks.
func (o *invocation) lockFile() string { return filepath.Join(o.dir(), "lock") }

// pidFile is the file with the process ID of a running lab.
func (o *invocation) pidFile() string { return filepath.Join(o.lab(), "pid") }

// terraformFolder is the folder of the stack's Terraform files.
func (o *invocation) terraformFolder() string { return filepath.Join(o.dir(), "terraform") }
