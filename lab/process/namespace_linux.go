package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Enter runs this command again, with args, in new namespaces: a network namespace with only a loopback interface, a
// PID namespace, whose processes the kernel kills when the command ends, and a mount namespace. It returns when the
// command has ended. The command gets SIGTERM when ctx ends, and is killed if this process dies. files are the
// command's descriptors from 3 on.
func Enter(ctx context.Context, args []string, files ...*os.File) error {
	runtime.LockOSThread() // the kernel kills the command when the thread that started it ends
	defer runtime.UnlockOSThread()
	command, err := startInNamespaces(args, files, os.Stderr)
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

// CheckNamespaces returns an error if Enter is not possible, or if this command with args fails there: what the command
// writes to its standard error.
func CheckNamespaces(args ...string) error {
	var said bytes.Buffer
	command, err := startInNamespaces(args, nil, &said)
	if err == nil {
		err = command.Wait()
	}
	if reason := strings.TrimSpace(said.String()); err != nil && reason != "" {
		return errors.New(reason)
	}
	return err
}

// startInNamespaces starts this command in new namespaces.
func startInNamespaces(args []string, files []*os.File, stderr io.Writer) (command *exec.Cmd, err error) {
	for _, attributes := range namespaceAttributes() {
		command = exec.Command("/proc/self/exe", args...)
		command.Stdout, command.Stderr = os.Stdout, stderr
		command.ExtraFiles, command.SysProcAttr = files, attributes
		if err = command.Start(); err == nil {
			return command, nil
		}
	}
	return nil, fmt.Errorf("this machine does not allow a network namespace (%w): the lab runs in one so that it cannot reach AWS; allow user namespaces (kernel.apparmor_restrict_unprivileged_userns=0, in a container --security-opt seccomp=unconfined) or run as root with CAP_SYS_ADMIN", err)
}

// namespaceAttributes returns attributes to try in turn: root needs no user namespace, which a container may forbid;
// other users always need one.
func namespaceAttributes() []*syscall.SysProcAttr {
	const alone = unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWNS
	user := &syscall.SysProcAttr{Cloneflags: alone | unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	all := []*syscall.SysProcAttr{user}
	if os.Geteuid() == 0 {
		all = []*syscall.SysProcAttr{{Cloneflags: alone}, user}
	}
	for _, attributes := range all {
		attributes.Pdeathsig = unix.SIGKILL
		attributes.Setpgid = true // only the outer process gets Ctrl-C, and signals the inner one
	}
	return all
}

// SetUpLoopback makes 127.0.0.1 and every address in the CIDR blocks local in this network namespace, so that a server
// on all addresses also listens on pods' addresses.
func SetUpLoopback(ranges ...string) error {
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
