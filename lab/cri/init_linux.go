package cri

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Descriptors of RunInit: the control socket, and the process file descriptor of a container to enter.
const (
	controlDescriptor   = 3
	containerDescriptor = 4
)

// RunInit sets up the root of a container, or enters a running one, and replaces this process by a program. It returns
// a status only after an error, which the runtime gets.
func RunInit([]string) int {
	runtime.LockOSThread() // of which the namespaces and credentials are those of the program
	err := runInit()
	_, _ = unix.Write(controlDescriptor, []byte(err.Error()))
	return 1
}

// runInit returns only errors.
func runInit() error {
	unix.CloseOnExec(controlDescriptor)
	var config initConfig
	// The file is not closed, so that an error can be sent.
	control := os.NewFile(controlDescriptor, "control")
	defer runtime.KeepAlive(control)
	if err := json.NewDecoder(control).Decode(&config); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	unix.Umask(0)
	if config.Root != nil {
		if err := config.Root.enter(); err != nil {
			return err
		}
	} else if err := enterContainer(); err != nil {
		return err
	}
	unix.Umask(0o022)
	return config.Process.replace()
}

// enterContainer enters the mount namespace of a running container. This process is in its other namespaces already.
func enterContainer() error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil { // the kernel refuses to change that of other threads
		return fmt.Errorf("unshare: %w", err)
	}
	if err := unix.Setns(containerDescriptor, unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("mount namespace of the container: %w", err)
	}
	return unix.Close(containerDescriptor)
}

// replace replaces this process by the program. It returns only errors.
func (p processSpec) replace() error {
	if err := enterFolder(p.Dir); err != nil {
		return err
	}
	if p.Terminal {
		if err := p.openTerminal(); err != nil {
			return fmt.Errorf("terminal: %w", err)
		}
	}
	p.ownStreams()
	path, err := p.findProgram()
	if err != nil {
		return err
	}
	if err := p.changeIdentity(); err != nil {
		return err
	}
	return fmt.Errorf("exec %s: %w", path, syscall.Exec(path, p.Args, p.Env))
}

// enterFolder makes a folder the working directory, and creates it if the image has none.
func enterFolder(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return fmt.Errorf("working directory: %w", err)
	}
	if err := os.Chdir(path); err != nil {
		return fmt.Errorf("working directory: %w", err)
	}
	return nil
}

// findProgram looks the program up in the container's PATH.
func (p processSpec) findProgram() (string, error) {
	for _, variable := range p.Env {
		if path, ok := strings.CutPrefix(variable, "PATH="); ok {
			os.Setenv("PATH", path)
		}
	}
	path, err := exec.LookPath(p.Args[0])
	if errors.Is(err, exec.ErrDot) {
		err = nil
	}
	return path, err
}

// openTerminal makes a new terminal of the container the standard streams, and sends its other end to the runtime.
func (p processSpec) openTerminal() error {
	primary, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("/dev/ptmx: %w", err)
	}
	if err := unix.IoctlSetPointerInt(primary, unix.TIOCSPTLCK, 0); err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	number, err := unix.IoctlGetUint32(primary, unix.TIOCGPTN)
	if err != nil {
		return fmt.Errorf("number: %w", err)
	}
	path := fmt.Sprintf("/dev/pts/%d", number)
	secondary, err := unix.Open(path, unix.O_RDWR, 0) // becomes the session's terminal
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for descriptor := range 3 {
		if err := unix.Dup3(secondary, descriptor, 0); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := unix.IoctlSetInt(0, unix.TIOCSCTTY, 0); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if secondary > 2 {
		unix.Close(secondary)
	}
	err = unix.Sendmsg(controlDescriptor, []byte{0}, unix.UnixRights(primary), nil, 0)
	unix.Close(primary)
	return err
}

// ownStreams makes pipes and terminal those of the container's user, which may open /dev/stdout.
func (p processSpec) ownStreams() {
	for descriptor := range 3 {
		var status unix.Stat_t
		if err := unix.Fstat(descriptor, &status); err != nil {
			continue
		}
		if kind := status.Mode & unix.S_IFMT; kind == unix.S_IFIFO || p.Terminal {
			_ = unix.Fchown(descriptor, p.User, int(status.Gid)) // fails where the user namespace does not have the ID
		}
	}
}
