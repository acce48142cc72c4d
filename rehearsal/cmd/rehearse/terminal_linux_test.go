package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A terminal that does not respond, as in many CI systems, would delay each command by five seconds.
func TestNoCommandQueriesTheTerminalForItsColours(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer master.Close()
	slave := openTerminalSide(t, master)
	command := rehearseProcess(0, "report", "-stack", "nowhere")
	command.Env = append(slices.DeleteFunc(command.Env, func(e string) bool { return strings.HasPrefix(e, "CI=") }), "TERM=xterm-256color")
	printed := make(chan string)
	go func() {
		all, _ := io.ReadAll(master) // ends with an error when the command closes its side
		printed <- string(all)
	}()
	runInTerminal(t, command, slave)
	if text := <-printed; !strings.Contains(text, "nowhere") || strings.Contains(text, "\x1b]") {
		t.Errorf("the terminal gets %q", text)
	}
}

// openTerminalSide opens the side of a pseudo-terminal that a command uses.
func openTerminalSide(t *testing.T, master *os.File) *os.File {
	t.Helper()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return slave
}

// runInTerminal runs a command in the foreground of a terminal.
func runInTerminal(t *testing.T, command *exec.Cmd, terminal *os.File) {
	t.Helper()
	command.Stdin, command.Stdout, command.Stderr = terminal, terminal, terminal
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	terminal.Close()
	_ = command.Wait() // the status does not matter here
}
