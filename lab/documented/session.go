package documented

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Session is a shell that runs commands one after the other, as a reader does.
type Session struct {
	command *exec.Cmd
	input   io.WriteCloser
	lines   chan string
}

// NewSession starts a shell in a folder.
func NewSession(dir string) (*Session, error) {
	s := &Session{command: exec.Command("bash"), lines: make(chan string)}
	s.command.Dir = dir
	s.command.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	output, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.command.Stderr = s.command.Stdout
	if s.input, err = s.command.StdinPipe(); err != nil {
		return nil, err
	}
	go s.read(output)
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintln(s.input, "trap : INT") // an interrupted command does not end the shell
	return s, err
}

func (s *Session) read(output io.Reader) {
	defer close(s.lines)
	const longest = 1 << 20
	scanner := bufio.NewScanner(output)
	scanner.Buffer(nil, longest)
	for scanner.Scan() {
		s.lines <- scanner.Text()
	}
}

// Run runs a command and returns its output. One that has not ended after the time limit is interrupted, as with
// Ctrl-C; that is no error.
func (s *Session) Run(ctx context.Context, text string, limit time.Duration) (string, error) {
	end := rand.Text()
	// The command cannot read the commands after it.
	if _, err := fmt.Fprintf(s.input, "{ %s\n} </dev/null\necho; echo %s\n", text, end); err != nil {
		return "", fmt.Errorf("the shell has ended: %w", err)
	}
	var output strings.Builder
	late := time.After(limit)
	for {
		select {
		case line, open := <-s.lines:
			if !open {
				return output.String(), fmt.Errorf("the shell has ended")
			}
			if line == end {
				return output.String(), nil
			}
			output.WriteString(line + "\n")
		case <-late:
			s.interrupt()
		case <-ctx.Done():
			return output.String(), context.Cause(ctx)
		}
	}
}

// interrupt interrupts the children of the shell.
func (s *Session) interrupt() {
	_ = exec.Command("pkill", "-INT", "-P", fmt.Sprint(s.command.Process.Pid)).Run()
}

// Stop ends the shell and what it still runs.
func (s *Session) Stop() {
	s.interrupt()
	_ = s.input.Close()
	_ = unix.Kill(-s.command.Process.Pid, unix.SIGKILL)
	for range s.lines {
	}
	_ = s.command.Wait()
}
