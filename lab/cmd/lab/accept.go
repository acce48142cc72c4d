//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"eksnet/internal/stackfile"
	"eksnet/lab/cluster"
	"eksnet/plan"
)

// The programs of an acceptance in bin: the command, and the engine with pulumi's command line.
const (
	acceptProgram = "eksnet-aws"
	engineProgram = "simulated/pulumi"
)

// accountSettings returns the settings of an account in which the stack can be created, none without an acceptance.
func (o *invocation) accountSettings() ([]string, error) {
	if !o.accept {
		return nil, nil
	}
	_, planned, err := stackfile.Load(o.root, o.stack)
	if err != nil {
		return nil, err
	}
	quotas := map[string]float64{}
	for _, q := range planned.Quotas {
		quotas[q.Code] = max(float64(q.Needed)*2, float64(q.Default))
	}
	raised, err := json.Marshal(quotas)
	if err != nil {
		return nil, err
	}
	offered, err := json.Marshal(addonVersions(planned.Addons))
	return []string{"RAISED_QUOTAS=" + string(raised), "EKS_ADDON_VERSIONS=" + string(offered)}, err
}

// addonVersions returns the versions of the add-ons of a plan by name.
func addonVersions(a plan.Addons) map[string][]string {
	all := map[string][]string{"vpc-cni": {a.VPCCNI}, "kube-proxy": {a.KubeProxy}, "coredns": {a.CoreDNS}}
	if a.MetricsServer != nil {
		all["metrics-server"] = []string{*a.MetricsServer}
	}
	return all
}

// acceptIn runs an acceptance with the lab as the account. Nodes are simulated and answer no requests, so the look
// compares pods and targets alone.
func (o *invocation) acceptIn(ctx context.Context, lab *cluster.Follower) error {
	spec, _, err := stackfile.Load(o.root, o.stack)
	if err != nil {
		return err
	}
	if len(spec.Accounts) != 1 {
		return fmt.Errorf("aws:allowedAccountIds of stack %s has %d accounts; an acceptance in the lab needs one", o.stack, len(spec.Accounts))
	}
	rehearsal := filepath.Join(o.upFolder(), "rehearsal")
	if _, err := o.runProgram(ctx, o.root, "rehearse", "-stack", o.stack, "-dir", rehearsal); err != nil {
		return fmt.Errorf("rehearsal to compare with: %w", err)
	}
	engine := []string{"EKSNET_ACCEPTANCE_FOLDER=" + o.acceptanceFolder(), "EKSNET_ACCEPTANCE_LAB=" + lab.File}
	if err := lab.StartAccount(ctx, spec.Accounts[0], spec.Region); err != nil {
		return err
	}
	if err := o.prepareAccount(ctx, engine); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, o.binary(acceptProgram), "accept", o.stack, "--account", spec.Accounts[0], "-yes", "-requests", "0",
		"-rehearsed", filepath.Join(rehearsal, "report.json"), "-report", filepath.Join(o.dir(), "acceptance.md"))
	command.Env = slices.Concat(lab.AdministratorEnvironment(), engine, []string{"PATH=" + filepath.Dir(o.binary(engineProgram)) + ":/usr/bin:/bin"})
	command.Dir, command.Stdout, command.Stderr = o.root, os.Stdout, os.Stderr
	command.Cancel = func() error { return command.Process.Signal(unix.SIGINT) }
	err = command.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return fmt.Errorf("eksnet-aws accept ends with status %d; its report is %s, logs are in %s", exit.ExitCode(), strings.TrimPrefix(filepath.Join(o.dir(), "acceptance.md"), o.root+"/"),
			filepath.Join(lab.Dir, "logs"))
	}
	return err
}

// acceptanceFolder is the folder of the state and the account of an acceptance.
func (o *invocation) acceptanceFolder() string { return filepath.Join(o.upFolder(), "account") }

// prepareAccount gives the lab's AWS what the operator has before the stack: hosted zones, Elastic IP addresses and
// certificates. The account has them after the destroy of a stack that has no resources.
func (o *invocation) prepareAccount(ctx context.Context, environment []string) error {
	destroy := exec.CommandContext(ctx, o.binary(engineProgram), "destroy", "--stack", o.stack, "--cwd", o.root, "--event-log", os.DevNull)
	destroy.Env = append(os.Environ(), environment...)
	destroy.Cancel = func() error { return destroy.Process.Signal(unix.SIGINT) }
	if output, err := destroy.CombinedOutput(); err != nil {
		return fmt.Errorf("the account before the stack: %w\n%s", err, strings.TrimSpace(string(output)))
	}
	return nil
}
