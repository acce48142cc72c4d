//go:build linux

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"eksnet/lab/node"
)

// nodeCommand runs a command, a shell by default, in the network namespace of a node or another host of a running lab.
const nodeCommand = "node"

// isOnHost reports whether the arguments are of a command that runs on a host of a running lab.
func isOnHost(args []string) bool {
	return len(args) > 0 && (args[0] == nodeCommand || args[0] == captureCommand)
}

// runOnHost replaces this process by the command. It enters the namespaces of the lab, and then that of the host.
func (o *invocation) runOnHost(name string, args []string) (int, error) {
	pid, err := o.runningLab()
	if err != nil {
		return statusUsage, err
	}
	if len(args) == 0 || name == captureCommand && len(args) > 1 {
		return statusUsage, fmt.Errorf("lab %s needs a host; see lab -h; the hosts of the lab: %s", name, strings.Join(o.hosts(), ", "))
	}
	file, found := o.hostFiles()[args[0]]
	if !found {
		return statusUsage, fmt.Errorf("the lab has no host %q; accepted: %s", args[0], strings.Join(o.hosts(), ", "))
	}
	nsenter, err := exec.LookPath("nsenter")
	if err != nil {
		return statusUsage, fmt.Errorf("%w: install the package util-linux", err)
	}
	command := args[1:]
	if name == captureCommand {
		self, err := os.Executable()
		if err != nil {
			return statusFailed, err
		}
		command = []string{self, printPackets}
	}
	return statusFailed, unix.Exec(nsenter, enterNode(pid, file, o.withLogs(args[0], command)), os.Environ())
}

// withLogs returns a command that sees the logs of the CNI where a node has them, in a mount namespace of its own.
func (o *invocation) withLogs(host string, command []string) []string {
	logs := filepath.Join(o.lab(), "nodes", host, node.CNILogs)
	if _, err := os.Stat(logs); err != nil {
		return command
	}
	if len(command) == 0 {
		command = []string{shell}
	}
	const script = `mkdir -p "$1" && mount --bind "$0" "$1" && shift && exec "$@"`
	return append([]string{"unshare", "--mount", shell, "-c", script, logs, node.CNILogFolder}, command...)
}

// shell is the command without arguments.
const shell = "/bin/sh"

// runningLab returns the process ID of the running lab of the stack. The file with the process ID outlives a lab that
// was killed, and the number may then be that of another process: a lab runs only while it holds the lock.
func (o *invocation) runningLab() (pid string, err error) {
	none := fmt.Errorf("no lab of stack %s with nodes is running: make lab STACK=%[1]s starts it", o.stack)
	lock, err := os.Open(o.lockFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", none
	}
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if unix.Flock(int(lock.Fd()), unix.LOCK_SH|unix.LOCK_NB) == nil {
		return "", none
	}
	text, err := os.ReadFile(o.pidFile())
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the lab of stack %s has no nodes yet: wait until it has started, unless its nodes are simulated", o.stack)
	}
	if err != nil {
		return "", err
	}
	pid = strings.TrimSpace(string(text))
	number, err := strconv.Atoi(pid)
	if err != nil {
		return "", fmt.Errorf("%s: %w: stop the lab and start it again", o.pidFile(), err)
	}
	switch err := unix.Kill(number, 0); {
	case errors.Is(err, unix.EPERM):
		return "", fmt.Errorf("the lab of stack %s is that of another user: only that user and root can enter its nodes", o.stack)
	case err != nil:
		return "", fmt.Errorf("process %d of the lab of stack %s: %w", number, o.stack, err)
	}
	return pid, nil
}

// enterNode returns the command line that runs a command in a network namespace of the lab with a process ID.
func enterNode(pid, file string, command []string) []string {
	if len(command) == 0 {
		command = []string{shell}
	}
	enter := []string{"nsenter", "--target", pid, "--net", "--mount", "--pid", "--wdns=/"}
	if os.Geteuid() != 0 {
		enter = append(enter, "--user", "--preserve-credentials")
	}
	return append(append(enter, "nsenter", "--net="+file, "--"), command...)
}

// hosts returns the names of the hosts of a running lab, sorted.
func (o *invocation) hosts() []string { return slices.Sorted(maps.Keys(o.hostFiles())) }

// hostFiles returns the files of the network namespaces of a running lab by the names of their hosts: nodes and the
// client in the VPC, and the router, NAT gateways and hosts outside.
func (o *invocation) hostFiles() map[string]string {
	files := map[string]string{}
	for _, dir := range []string{"", "nat", "hosts"} {
		entries, _ := os.ReadDir(filepath.Join(o.namespaces(), dir)) // none without a lab
		for _, e := range entries {
			if e.Type().IsRegular() {
				files[e.Name()] = filepath.Join(o.namespaces(), dir, e.Name())
			}
		}
	}
	return files
}
