//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"

	"eksnet/internal/charts"
	"eksnet/lab/build"
	"eksnet/lab/check"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// runOutside does what must run outside of the namespaces: it rehearses the stack, builds the lab's programs, listens
// on ports, and starts the internal command.
func (o *invocation) runOutside(ctx context.Context) (int, error) {
	unlock, err := o.lockStack()
	if err != nil {
		return statusUsage, err
	}
	defer unlock()
	if o.aws {
		if err := o.prepareTerraform(ctx); err != nil {
			return printSkipped(err)
		}
	}
	// Requirements are checked before the long build.
	if err := process.CheckNamespaces(inside); err != nil {
		return statusUsage, err
	}
	if err := o.checkFollowed(); err != nil {
		return statusUsage, err
	}
	ports, err := o.listen()
	if err != nil {
		return statusUsage, err
	}
	tools, err := o.prepare(ctx)
	if ctx.Err() != nil {
		return statusFailed, errors.New("interrupted; the next start reuses the compiled packages")
	}
	if err != nil {
		return statusUsage, err
	}
	if !o.isFollowing() {
		if err := o.rehearse(ctx); err != nil {
			return statusFailed, err
		}
	}
	if o.test {
		if err := o.rehearseVariants(ctx); err != nil {
			return statusFailed, err
		}
	}
	if err := errors.Join(o.prepareExternalDNS(ctx, tools), o.prepareIstiod(ctx, tools), o.prepareResourceController(ctx, tools)); err != nil {
		return statusFailed, err
	}
	args, err := o.encodeArgs(tools)
	if err != nil {
		return statusFailed, err
	}
	err = process.Enter(ctx, args, ports...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return o.exitStatus(exit)
	}
	if err != nil {
		return statusUsage, err
	}
	return statusOK, nil
}

// prepare builds what the command needs.
func (o *invocation) prepare(ctx context.Context) (*build.Tools, error) {
	module := filepath.Join(o.root, "lab")
	if o.aws {
		return build.PrepareMoto(ctx, module, o.cache(), os.Stderr)
	}
	tools, err := build.Prepare(ctx, module, o.cache(), os.Stderr)
	if err == nil && o.isFollowing() {
		err = tools.PrepareProvider(ctx, module, o.cache(), os.Stderr)
	}
	if err == nil && o.wantsNodes() {
		err = o.prepareNodes(ctx, tools, module)
	}
	return tools, err
}

// prepareNodes builds and installs what nodes need. Without it nodes are simulated, unless they must run.
func (o *invocation) prepareNodes(ctx context.Context, tools *build.Tools, module string) error {
	err := process.CheckFolder(o.root)
	if err == nil {
		err = process.CheckNamespaces(inside, checkNodes)
	}
	if err == nil {
		err = tools.PrepareNodes(ctx, module, o.cache(), os.Stderr)
	}
	o.runNodes = err == nil
	if err != nil && ctx.Err() == nil && o.nodes == "" {
		fmt.Fprintf(os.Stderr, "lab: the nodes are simulated, and no packets are sent: %v\n", err)
		return nil
	}
	return err
}

// prepareExternalDNS builds ExternalDNS if the stack, or a suite for it, has it.
func (o *invocation) prepareExternalDNS(ctx context.Context, tools *build.Tools) error {
	needed, err := o.hasExternalDNS()
	if err != nil || !needed {
		return err
	}
	return tools.PrepareExternalDNS(ctx, filepath.Join(o.root, "lab"), o.cache(), os.Stderr)
}

// hasExternalDNS reports whether ExternalDNS runs in the lab. Without a rehearsal the stack file has the answer.
func (o *invocation) hasExternalDNS() (bool, error) {
	if o.aws {
		return false, nil
	}
	if o.isFollowing() {
		c, err := readStackFile(filepath.Join(o.root, "Pulumi."+o.stack+".yaml"))
		return err == nil && c.Addons.ExternalDNS != nil, err
	}
	stack, err := rehearsed.Read(o.rehearsal())
	if err != nil {
		return false, err
	}
	return check.NeedsExternalDNS(stack, o.test), nil
}

// prepareIstiod builds istiod if the stack has it.
func (o *invocation) prepareIstiod(ctx context.Context, tools *build.Tools) error {
	needed, err := o.hasIstio()
	if err != nil || !needed {
		return err
	}
	return tools.PrepareIstiod(ctx, filepath.Join(o.root, "lab"), o.cache(), os.Stderr)
}

// stackThatGetsIstio is the stack whose changes include a mesh that is added (rehearsal/prove/matrix/mesh.go).
const stackThatGetsIstio = "local"

// hasIstio reports whether istiod runs in the lab. Without a rehearsal the stack file has the answer.
func (o *invocation) hasIstio() (bool, error) {
	if o.aws {
		return false, nil
	}
	if o.compared == comparedChanges && o.stack == stackThatGetsIstio {
		return true, nil
	}
	if o.isFollowing() {
		c, err := readStackFile(filepath.Join(o.root, "Pulumi."+o.stack+".yaml"))
		return err == nil && c.Addons.Istio != nil, err
	}
	stack, err := rehearsed.Read(o.rehearsal())
	if err != nil {
		return false, err
	}
	return stack.ReleaseOf(charts.Istiod) != nil, nil
}

// prepareResourceController builds the VPC resource controller if the stack has security groups for pods.
func (o *invocation) prepareResourceController(ctx context.Context, tools *build.Tools) error {
	needed, err := o.hasPodSecurityGroups()
	if err != nil || !needed {
		return err
	}
	return tools.PrepareResourceController(ctx, filepath.Join(o.root, "lab"), o.cache(), os.Stderr)
}

// hasPodSecurityGroups reports whether the VPC resource controller runs in the lab. Without a rehearsal the stack file
// has the answer.
func (o *invocation) hasPodSecurityGroups() (bool, error) {
	if o.aws {
		return false, nil
	}
	if o.isFollowing() {
		c, err := readStackFile(filepath.Join(o.root, "Pulumi."+o.stack+".yaml"))
		return err == nil && c.Addons.VPCCNI.PodSecurityGroups != nil, err
	}
	stack, err := rehearsed.Read(o.rehearsal())
	if err != nil {
		return false, err
	}
	return stack.HasPodSecurityGroups(), nil
}

// exitStatus returns the status of the internal command, which has printed its error unless it was killed.
func (o *invocation) exitStatus(exit *exec.ExitError) (int, error) {
	if exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	return statusFailed, fmt.Errorf("the lab was killed (%w) with all of its processes; logs are in %s", exit, filepath.Join(o.lab(), "logs"))
}

// lockStack returns an error if there is already a lab of the same stack. It removes the process ID of an earlier one.
func (o *invocation) lockStack() (unlock func(), err error) {
	if err := os.MkdirAll(o.dir(), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(o.lockFile(), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("a lab of stack %s is already running: use it, or stop it first", o.stack)
	}
	if err := os.Remove(o.pidFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

// listen listens on the ports at which the lab is reachable from outside. With -test, -paths and -aws there are none.
func (o *invocation) listen() ([]*os.File, error) {
	if !o.isListening() {
		return nil, nil
	}
	kubernetes, err := process.Listen(o.kubernetesPort, "the API server", "kubernetes-port")
	if err != nil {
		return nil, err
	}
	aws, err := process.Listen(o.awsPort, "AWS", "aws-port")
	if err != nil {
		return nil, err
	}
	return []*os.File{kubernetes, aws}, nil
}
