package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"

	"eksnet/lab/build"
	"eksnet/lab/process"
)

// outside does what needs the machine: it rehearses the stack, builds what the lab runs, takes ports, and starts the lab inside.
func (o *order) outside(ctx context.Context) (int, error) {
	unlock, err := o.alone()
	if err != nil {
		return misused, err
	}
	defer unlock()
	// What may be missing comes before what takes long.
	if err := process.CheckNamespaces(inside); err != nil {
		return misused, err
	}
	ports, err := o.takePorts()
	if err != nil {
		return misused, err
	}
	tools, err := build.Prepare(ctx, filepath.Join(o.root, "lab"), o.cache(), os.Stderr)
	if ctx.Err() != nil {
		return broken, errors.New("interrupted; what is built is kept by the compiler, and the next start goes on")
	}
	if err != nil {
		return misused, err
	}
	if err := o.rehearse(ctx); err != nil {
		return broken, err
	}
	args, err := o.pack(tools)
	if err != nil {
		return broken, err
	}
	err = process.Enter(ctx, args, ports...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return o.ended(exit)
	}
	if err != nil {
		return misused, err
	}
	return asPromised, nil
}

// ended is the lab's own status; it has told why by itself, unless it was killed.
func (o *order) ended(exit *exec.ExitError) (int, error) {
	if exit.ExitCode() >= 0 {
		return exit.ExitCode(), nil
	}
	return broken, fmt.Errorf("the lab was ended (%w), and everything in it with it; logs are in %s", exit, filepath.Join(o.lab(), "logs"))
}

// alone refuses a second lab of the same stack.
func (o *order) alone() (unlock func(), err error) {
	if err := os.MkdirAll(o.dir(), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(o.dir(), "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("stack %s has a lab that runs: stop it first, or look at it", o.stack)
	}
	return func() { file.Close() }, nil
}

// takePorts takes those by which the lab is seen from outside. A test needs none.
func (o *order) takePorts() ([]*os.File, error) {
	if o.test {
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
