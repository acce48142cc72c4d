package cri

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// InitCommand is the argument with which this program must call RunInit with the arguments after it.
const InitCommand = "container-init"

// newInit returns a command that runs RunInit in a session of its own.
func newInit() *exec.Cmd {
	command := exec.Command("/proc/self/exe", InitCommand)
	command.Env = []string{}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return command
}

// startInit starts a command of newInit in the namespaces in which enter calls a function, and returns when its program
// runs, with the terminal if it has one. The files are its descriptors from 4 on.
func startInit(
	command *exec.Cmd, config initConfig, enter func(func() error) error, files ...*os.File,
) (terminal *os.File, err error) {
	own, control, err := newControl()
	if err != nil {
		return nil, err
	}
	defer own.Close()
	command.ExtraFiles = append([]*os.File{control}, files...)
	err = enter(command.Start)
	control.Close()
	if err != nil {
		return nil, fmt.Errorf("container process: %w", err)
	}
	err = json.NewEncoder(own).Encode(config)
	if err == nil {
		terminal, err = receiveResult(own)
	}
	if err != nil {
		_ = command.Process.Kill()
		_ = command.Wait()
		return nil, err
	}
	return terminal, nil
}

// newControl returns both ends of the socket over which RunInit gets its configuration, and returns its result.
func newControl() (own *net.UnixConn, control *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("socket pair: %w", err)
	}
	file := os.NewFile(uintptr(pair[0]), "control")
	defer file.Close()
	control = os.NewFile(uintptr(pair[1]), "control")
	connection, err := net.FileConn(file)
	if err != nil {
		control.Close()
		return nil, nil, fmt.Errorf("socket pair: %w", err)
	}
	return connection.(*net.UnixConn), control, nil
}

// receiveResult returns when RunInit has started its program, which closes the socket, or has sent an error. Before
// either it sends the terminal, if it has created one.
func receiveResult(control *net.UnixConn) (terminal *os.File, err error) {
	text, rights := make([]byte, 4<<10), make([]byte, unix.CmsgSpace(4))
	n, rightsLength, _, _, err := control.ReadMsgUnix(text, rights)
	if n == 0 || err != nil {
		return nil, ignoreEOF(err)
	}
	if rightsLength > 0 {
		if terminal, err = receiveTerminal(rights[:rightsLength]); err != nil {
			return nil, err
		}
		n = 0
	}
	rest, err := io.ReadAll(control)
	message := strings.TrimSpace(string(text[:n]) + string(rest))
	if err == nil && message != "" {
		err = errors.New(message)
	}
	if err != nil && terminal != nil {
		terminal.Close()
	}
	return terminal, err
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func receiveTerminal(rights []byte) (*os.File, error) {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return nil, fmt.Errorf("terminal of a container: %w", err)
	}
	descriptors, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(descriptors) != 1 {
		return nil, fmt.Errorf("terminal of a container: %w", err)
	}
	unix.CloseOnExec(descriptors[0])
	if err := unix.SetNonblock(descriptors[0], true); err != nil { // so that Close ends a Read
		return nil, fmt.Errorf("terminal of a container: %w", err)
	}
	return os.NewFile(uintptr(descriptors[0]), "terminal"), nil
}
