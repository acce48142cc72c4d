package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Enter runs this command again, with args, in namespaces of its own: a network that has nothing but loopback, and a process namespace,
// whose every process the kernel ends with the command. It returns when the command has ended. The command is told to end when ctx ends, and
// is killed if this process dies. Files are the command's descriptors from 3 on.
func Enter(ctx context.Context, args []string, files ...*os.File) error {
	runtime.LockOSThread() // the kernel ends the command when the thread that started it ends
	defer runtime.UnlockOSThread()
	command, err := begin(args, files)
	if err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
			_ = command.Process.Signal(unix.SIGTERM)
		case <-ended:
		}
	}()
	err = command.Wait()
	close(ended)
	return err
}

// Possible tells whether Enter will be; with args this command does nothing.
func Possible(args ...string) error {
	command, err := begin(args, nil)
	if err == nil {
		err = command.Wait()
	}
	return err
}

// begin starts this command in namespaces of its own.
func begin(args []string, files []*os.File) (command *exec.Cmd, err error) {
	for _, attributes := range ways() {
		command = exec.Command("/proc/self/exe", args...)
		command.Stdout, command.Stderr = os.Stdout, os.Stderr
		command.ExtraFiles, command.SysProcAttr = files, attributes
		if err = command.Start(); err == nil {
			return command, nil
		}
	}
	return nil, fmt.Errorf("this machine gives no network namespace (%w): the lab runs in one so that nothing in it can reach AWS; allow user namespaces (kernel.apparmor_restrict_unprivileged_userns=0, in a container --security-opt seccomp=unconfined) or run as root with CAP_SYS_ADMIN", err)
}

// ways are tried in turn: an administrator of the machine needs no user namespace, and a container may forbid them; for anybody else it is
// the only way.
func ways() []*syscall.SysProcAttr {
	const alone = unix.CLONE_NEWNET | unix.CLONE_NEWPID
	user := &syscall.SysProcAttr{Cloneflags: alone | unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	all := []*syscall.SysProcAttr{user}
	if os.Geteuid() == 0 {
		all = []*syscall.SysProcAttr{{Cloneflags: alone}, user}
	}
	for _, attributes := range all {
		attributes.Pdeathsig = unix.SIGKILL
		attributes.Setpgid = true // Ctrl-C is for the outer process, which tells the inner one
	}
	return all
}

// Loopback makes 127.0.0.1 and every address of the ranges answer in this network namespace: what listens on all addresses listens
// on a pod's too.
func Loopback(ranges ...string) error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	for _, text := range ranges {
		_, network, err := net.ParseCIDR(text)
		if err != nil {
			return fmt.Errorf("loopback: %w", err)
		}
		route := &netlink.Route{LinkIndex: lo.Attrs().Index, Dst: network, Type: unix.RTN_LOCAL, Table: unix.RT_TABLE_LOCAL, Scope: unix.RT_SCOPE_HOST}
		if err := netlink.RouteAdd(route); err != nil && !errors.Is(err, unix.EEXIST) {
			return fmt.Errorf("loopback: route to %s: %w", text, err)
		}
	}
	return nil
}
