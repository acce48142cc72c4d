//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
	"sigs.k8s.io/yaml"

	"eksnet/lab/build"
	"eksnet/lab/cluster"
)

// runFollowing runs the whole life of the stack with Pulumi's own Kubernetes provider, or compares it with the
// simulated cluster, in a lab that follows the rehearsal's account.
func (o *invocation) runFollowing(ctx context.Context, tools *build.Tools) error {
	settings, err := o.accountSettings()
	if err != nil {
		return err
	}
	lab, life, err := cluster.StartEmpty(ctx, cluster.Options{Tools: tools, Dir: o.lab(), KubernetesPort: o.kubernetesPort, AWSPort: o.awsPort, AccountSettings: settings, Progress: os.Stderr})
	if err != nil {
		return err
	}
	if err = o.forward(life); err == nil {
		err = o.rehearseIn(life, lab)
	}
	if cause := context.Cause(life); cause != nil && ctx.Err() == nil {
		err = cause
	}
	if ctx.Err() != nil {
		err = errors.New("interrupted; all processes of the lab have ended")
	}
	return errors.Join(err, lab.Stop(ctx))
}

// checkFollowed checks what a rehearsal in the lab needs, before the long build.
func (o *invocation) checkFollowed() error {
	if !o.isFollowing() {
		return nil
	}
	file := filepath.Join(o.root, "Pulumi."+o.stack+".yaml")
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("no stack %q: %s does not exist; make rehearse lists those that do", o.stack, file)
	}
	if err := checkStackFile(file); err != nil {
		return err
	}
	programs, target := []string{"rehearse"}, "make lab-up"
	switch {
	case o.compared != "":
		programs, target = []string{"compare"}, "make lab-compare"
	case o.accept:
		programs, target = []string{"rehearse", acceptProgram, engineProgram}, "make lab-accept"
	}
	for _, program := range programs {
		if _, err := o.program(program, target); err != nil {
			return err
		}
	}
	return nil
}

// stackConfig is the part of a stack file that the lab depends on.
type stackConfig struct {
	Region  string                                    `json:"aws:region"`
	Cluster struct{ Endpoint struct{ Proxy string } } `json:"eksnet:cluster"`
	Addons  struct {
		LoadBalancerController struct{ Chart string }
		ExternalDNS            map[string]any `json:"externalDns"`
		Istio                  map[string]any
		VPCCNI                 struct{ PodSecurityGroups map[string]any } `json:"vpcCni"`
	} `json:"eksnet:addons"`
}

// readStackFile returns the configuration of a stack file. It is empty if the file does not have the right form, which
// is for the rehearsal to report.
func readStackFile(file string) (stackConfig, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return stackConfig{}, err
	}
	var stack struct{ Config stackConfig }
	if yaml.Unmarshal(content, &stack) != nil {
		return stackConfig{}, nil
	}
	return stack.Config, nil
}

// checkStackFile refuses a stack file that needs what the lab does not have. Other problems are for the rehearsal to
// report.
func checkStackFile(file string) error {
	c, err := readStackFile(file)
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(c.Region, "cn-"), strings.HasPrefix(c.Region, "us-gov-"):
		return fmt.Errorf("%s: aws:region: %s: the lab cannot follow it, because moto has the instance types of partition aws only", file, c.Region)
	case c.Cluster.Endpoint.Proxy != "":
		return fmt.Errorf("%s: cluster.endpoint.proxy: %s: the lab cannot follow it, because it has no proxy", file, c.Cluster.Endpoint.Proxy)
	case strings.HasPrefix(c.Addons.LoadBalancerController.Chart, "oci://"):
		return fmt.Errorf("%s: addons.loadBalancerController.chart: %s: the lab cannot follow it, because it serves charts at https:// addresses only", file, c.Addons.LoadBalancerController.Chart)
	}
	return nil
}

// rehearseIn runs a program of the rehearsal with the lab, from an empty account.
func (o *invocation) rehearseIn(ctx context.Context, lab *cluster.Follower) error {
	if err := os.RemoveAll(o.upFolder()); err != nil {
		return err
	}
	switch {
	case o.compared != "":
		return o.runIn(ctx, lab, "compare", nil, o.compared)
	case o.interrupted:
		return o.interrupt(ctx, lab)
	case o.accept:
		return o.acceptIn(ctx, lab)
	default:
		return o.runIn(ctx, lab, "rehearse", nil)
	}
}

// upFolder is the folder of the rehearsal's files.
func (o *invocation) upFolder() string { return filepath.Join(o.dir(), "up") }

// runIn runs a program with the lab, from the account that the previous one left. Ctrl-C ends its running operation
// first. watch receives its progress, nil for none.
func (o *invocation) runIn(ctx context.Context, lab *cluster.Follower, name string, watch io.Writer, words ...string) error {
	var args []string
	if name == "rehearse" {
		args, words = words, nil
	}
	args = append(append(args, "-stack", o.stack, "-dir", o.upFolder(), "-lab", lab.File), words...)
	command := exec.CommandContext(ctx, o.binary(name), args...)
	command.Dir, command.Stdout, command.Stderr = o.root, os.Stdout, os.Stderr
	if watch != nil {
		command.Stderr = io.MultiWriter(os.Stderr, watch)
	}
	command.Cancel = func() error { return command.Process.Signal(unix.SIGINT) }
	if err := command.Run(); err != nil {
		return fmt.Errorf("bin/%s: %w; its files are in %s, logs in %s", name, err, o.upFolder(), filepath.Join(lab.Dir, "logs"))
	}
	return nil
}

// interrupt interrupts an up and a destroy with Ctrl-C among the objects in the cluster, and continues after each.
func (o *invocation) interrupt(ctx context.Context, lab *cluster.Follower) error {
	for _, operation := range []string{"up", "destroy"} {
		interrupted, cancel := context.WithCancel(ctx)
		err := o.runIn(interrupted, lab, "rehearse", &trigger{line: operation + " … " + interruptAt[operation] + " resources", pull: cancel}, operation)
		cancel()
		if ctx.Err() != nil {
			return err
		}
		if err == nil {
			return fmt.Errorf("%s ended before it was interrupted", operation)
		}
		if err := o.runIn(ctx, lab, "rehearse", nil, operation); err != nil {
			return err
		}
	}
	return nil
}

// interruptAt are the numbers of completed resources after which an operation is interrupted: of stack local, up has
// then created the nodes, and destroy deletes objects in the cluster.
var interruptAt = map[string]string{"up": "75", "destroy": "25"}

// trigger calls a function once a text contains a line.
type trigger struct {
	line string
	pull func()
	seen strings.Builder
}

func (t *trigger) Write(text []byte) (int, error) {
	t.seen.Write(text)
	if strings.Contains(t.seen.String(), t.line) {
		t.pull()
	}
	return len(text), nil
}
