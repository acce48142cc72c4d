//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"eksnet/lab/build"
	"eksnet/lab/cluster"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// inside is the internal command that runs in the namespaces.
const inside = "inside"

// checkNodes is its argument to try only what nodes need of the namespaces.
const checkNodes = "check-nodes"

// insideArgs holds the arguments of the internal command.
type insideArgs struct {
	Root, Stack             string
	Test, Rows              bool
	Up, Interrupted, Accept bool
	Compared, Terraform     string
	RunNodes                bool
	ProxyMode               string
	KubernetesPort, AWSPort int
	Tools                   *build.Tools
}

func (o *invocation) encodeArgs(tools *build.Tools) ([]string, error) {
	text, err := json.Marshal(insideArgs{Root: o.root, Stack: o.stack, Test: o.test, Rows: o.rows, Up: o.up, Interrupted: o.interrupted, Accept: o.accept, Compared: o.compared, Terraform: o.terraform, RunNodes: o.runNodes, ProxyMode: o.proxyMode, KubernetesPort: o.kubernetesPort, AWSPort: o.awsPort, Tools: tools})
	return []string{inside, string(text)}, err
}

// runInside runs the lab in its namespaces.
func runInside(args []string) int {
	if len(args) == 0 { // process.CheckNamespaces
		return statusOK
	}
	o := &invocation{}
	if args[0] == checkNodes {
		return o.checkNodes()
	}
	var p insideArgs
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &p) != nil {
		return printError(statusUsage, errors.New("inside is an internal command; see lab -h"))
	}
	o = &invocation{root: p.Root, stack: p.Stack, test: p.Test, rows: p.Rows, up: p.Up, interrupted: p.Interrupted, accept: p.Accept, compared: p.Compared, terraform: p.Terraform, runNodes: p.RunNodes, proxyMode: p.ProxyMode, kubernetesPort: p.KubernetesPort, awsPort: p.AWSPort}
	if o.runNodes {
		if err := errors.Join(findPrograms(p.Tools), o.setUpProcess()); err != nil {
			return printError(statusFailed, err)
		}
	}
	ctx, stop := interruptible()
	defer stop()
	if err := o.run(ctx, p.Tools); err != nil {
		return printError(statusFailed, err)
	}
	return statusOK
}

// findPrograms puts the programs that the machine lacks, such as nft, on PATH: this process and AWS's CNI code look for
// them there.
func findPrograms(tools *build.Tools) error {
	if tools.Machine == "" {
		return nil
	}
	return os.Setenv("PATH", tools.Machine+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// checkNodes tries what nodes need of the namespaces, and prints the reason if it is not possible.
func (o *invocation) checkNodes() int {
	if err := o.setUpProcess(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return statusFailed
	}
	return statusOK
}

// setUpProcess prepares this process for nodes. Its process ID in the namespace of the caller, which lab node needs, is
// that of /proc before the mounts change.
func (o *invocation) setUpProcess() error {
	pid, err := os.Readlink("/proc/self")
	if err != nil {
		return err
	}
	o.pid = pid
	return errors.Join(process.IgnoreUserChanges(), process.SetUpMounts())
}

// run does what the command was called for.
func (o *invocation) run(ctx context.Context, tools *build.Tools) error {
	if o.isFollowing() {
		return o.runFollowing(ctx, tools)
	}
	stack, err := rehearsed.Read(o.rehearsal())
	switch {
	case err != nil:
		return err
	case o.test:
		return o.check(ctx, stack, tools)
	case o.rows:
		return o.measureRows(ctx, stack, tools)
	case o.terraform != "":
		return o.checkAWS(ctx, stack, tools)
	default:
		return o.runUntilStopped(ctx, stack, tools)
	}
}

func (o *invocation) options(stack *rehearsed.Stack, tools *build.Tools) cluster.Options {
	return cluster.Options{Stack: stack, Tools: tools, Dir: o.lab(), Results: filepath.Join(o.dir(), "requests"),
		RunNodes: o.runNodes, ProxyMode: o.proxyMode, Self: "/proc/self/exe", KubernetesPort: o.kubernetesPort, AWSPort: o.awsPort, Progress: os.Stderr}
}

// runUntilStopped starts the lab, prints its addresses, and waits until it is stopped or fails.
func (o *invocation) runUntilStopped(ctx context.Context, stack *rehearsed.Stack, tools *build.Tools) error {
	lab, life, err := cluster.Start(ctx, o.options(stack, tools))
	if err != nil {
		return lastError(ctx, err)
	}
	err = errors.Join(o.forward(life), o.writePID(), o.serveMeasurements(life, lab))
	var addresses []cluster.Address
	if err == nil {
		addresses, err = lab.WaitForAddresses(life)
	}
	if err == nil {
		printAddresses(lab, addresses)
		if o.runNodes {
			lab.WaitForHealthyTargets(life)
		}
		<-life.Done()
		err = context.Cause(life)
	}
	return lastError(ctx, errors.Join(err, lab.Stop(ctx)))
}

// writePID writes the process ID for lab node.
func (o *invocation) writePID() error {
	if !o.runNodes {
		return nil
	}
	return os.WriteFile(o.pidFile(), []byte(o.pid), 0o644)
}

// forward makes the API server and AWS available outside of the namespace.
func (o *invocation) forward(ctx context.Context) error {
	for i, port := range []int{o.kubernetesPort, o.awsPort} {
		const firstFile = 3
		if err := process.Forward(ctx, os.NewFile(uintptr(firstFile+i), "port"), port); err != nil {
			return err
		}
	}
	return nil
}

// lastError returns the error of the lab, nil if it was interrupted.
func lastError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "the lab is stopped; all of its processes have ended")
		return nil
	}
	return err
}

// printAddresses prints the addresses of load balancers, and how to use the lab.
func printAddresses(lab *cluster.Lab, addresses []cluster.Address) {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table)
	for _, a := range addresses {
		fmt.Fprintf(table, "%s\t%s/%s\t%s\t%s\n", a.Kind, a.Namespace, a.Name, a.Host, addressList(lab, a.Host))
	}
	fmt.Fprintln(table)
	fmt.Fprintf(table, "KUBECONFIG\t%s\n", lab.Kubeconfig())
	fmt.Fprintf(table, "AWS_ENDPOINT_URL\t%s\n", lab.Account().Endpoint)
	fmt.Fprintf(table, "use\t. %s, then kubectl get pods -A -o wide, aws elbv2 describe-load-balancers, helm list -A\n", lab.Environment())
	fmt.Fprintf(table, "logs\t%s\n", filepath.Join(lab.Dir, "logs"))
	fmt.Fprintf(table, "stop\tCtrl-C\n")
	table.Flush()
}

// addressList returns the addresses of a load balancer in each of its zones: the public ones, or the private ones of an
// internal load balancer. It is "" if the load balancer does not run.
func addressList(lab *cluster.Lab, host string) string {
	b, found := lab.LoadBalancer(host)
	if !found {
		return ""
	}
	var all []string
	for _, z := range b.Zones {
		for _, address := range z.Entries() {
			all = append(all, address.String())
		}
	}
	return strings.Join(all, " ")
}
