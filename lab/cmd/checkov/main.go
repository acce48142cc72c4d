// Command checkov scans the AWS resources of stacks with Checkov, and compares its findings with docs/security.md.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"eksnet/config"
	"eksnet/internal/project"
	"eksnet/internal/stackfile"
	"eksnet/lab/build"
	"eksnet/lab/checkov"
	"eksnet/lab/rehearsed"
	"eksnet/lab/terraform"
)

// Exit statuses.
const (
	statusOK     = 0
	statusFailed = 1 // findings that are not explained, or a stack that cannot be rehearsed
	statusUsage  = 2 // wrong arguments, or the machine lacks a requirement
)

const usage = `usage: checkov [STACK ...]

Rehearses stacks, converts their AWS resources into Terraform plans, scans these with Checkov, and compares its findings with those that
docs/security.md explains. Without arguments it scans all stack files. Checkov is installed once, into .lab; it uses no account.

The exit status is 0 if every finding is explained, 1 if not, and 2 if the machine has no Python.
`

func main() { os.Exit(run()) }

func run() int {
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	flag.Parse()
	root, err := project.Root()
	if err != nil {
		return printError(statusUsage, err)
	}
	stacks, all := flag.Args(), flag.NArg() == 0
	if all {
		if stacks, err = stackfile.Stacks(root); err != nil {
			return printError(statusUsage, err)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGINT, unix.SIGTERM)
	defer stop()
	cache := filepath.Join(root, ".lab")
	program, err := build.PrepareCheckov(ctx, filepath.Join(root, "lab"), cache, os.Stderr)
	if err != nil {
		return printError(statusUsage, err)
	}
	dir := filepath.Join(cache, "plans")
	if err := os.RemoveAll(dir); err != nil {
		return printError(statusFailed, err)
	}
	clusters := map[string]string{}
	for _, stack := range stacks {
		if clusters[stack], err = writePlan(ctx, root, dir, stack); err != nil {
			return printError(statusFailed, err)
		}
	}
	result, err := checkov.Scan(ctx, program, dir, clusters)
	if err != nil {
		return printError(statusFailed, err)
	}
	fmt.Printf("%s: ", config.Count(len(stacks), "stack", "stacks"))
	if err := checkov.Compare(result, checkov.Explanations, all, os.Stdout); err != nil {
		return printError(statusFailed, err)
	}
	return statusOK
}

// writePlan rehearses a stack until it is complete, writes the plan of its AWS resources, and returns the name of its
// cluster.
func writePlan(ctx context.Context, root, dir, stack string) (cluster string, err error) {
	folder := filepath.Join(dir, stack)
	command := exec.CommandContext(ctx, filepath.Join(root, "bin", "rehearse"), "up", "-stack", stack, "-dir", folder)
	command.Dir = root
	command.Cancel = func() error { return command.Process.Signal(unix.SIGINT) }
	if said, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("bin/rehearse up -stack %s: %w\n%s", stack, err, bytes.TrimSpace(said))
	}
	state, err := rehearsed.ReadResources(folder)
	if err != nil {
		return "", err
	}
	configuration, err := terraform.NewConfiguration(terraform.Account{}, state, nil)
	if err != nil {
		return "", err
	}
	plan, err := json.Marshal(configuration.Plan())
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(folder+".json", plan, 0o644); err != nil {
		return "", err
	}
	// Checkov reads every file below the folder, and the state is none of its formats.
	return nameOfCluster(state), os.RemoveAll(folder)
}

// nameOfCluster returns the name of the cluster in the state of a complete stack.
func nameOfCluster(state []rehearsed.Resource) string {
	i := slices.IndexFunc(state, func(r rehearsed.Resource) bool { return r.Type == "aws:eks/cluster:Cluster" })
	if i < 0 {
		return ""
	}
	name, _ := state[i].Inputs["name"].(string)
	return name
}

// printError prints an error, and returns the exit status.
func printError(status int, err error) int {
	fmt.Fprintln(os.Stderr, "checkov:", err)
	return status
}
