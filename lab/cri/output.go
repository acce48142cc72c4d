package cri

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// maxEntry is the largest part of a line in one entry of a log, as in other container runtimes.
const maxEntry = 16 << 10

// output writes what a container prints into its log, and to attached clients.
type output struct {
	path string

	mutex    sync.Mutex
	log      *os.File
	attached map[*attachment]bool
}

// attachment is an attached client.
type attachment struct {
	stdout, stderr io.Writer
	failed         chan struct{} // closed when the client does not accept output
	once           sync.Once
}

func newOutput(path string) (*output, error) {
	o := &output{path: path, attached: map[*attachment]bool{}}
	return o, o.reopen()
}

// reopen opens the file at the log's path, after the kubelet has renamed the one before.
func (o *output) reopen() error {
	if o.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(o.path), 0o755); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	file, err := os.OpenFile(o.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.log != nil {
		o.log.Close()
	}
	o.log = file
	return nil
}

func (o *output) close() {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.log != nil {
		o.log.Close()
		o.log = nil
	}
}

func (o *output) attach(a *attachment) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.attached[a] = true
}

func (o *output) detach(a *attachment) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	delete(o.attached, a)
}

// stream is one stream of a container, "stdout" or "stderr".
type stream struct {
	output  *output
	name    string
	pending []byte // of the last line
}

// Write adds to the log and writes to attached clients. It returns no error: a container runs on without its log.
func (s *stream) Write(content []byte) (int, error) {
	s.output.mutex.Lock()
	defer s.output.mutex.Unlock()
	for a := range s.output.attached {
		a.write(s.name, content)
	}
	s.pending = append(s.pending, content...)
	for {
		line, rest, complete := bytes.Cut(s.pending, []byte("\n"))
		switch {
		case len(line) > maxEntry:
			s.writeEntry("P", s.pending[:maxEntry])
			s.pending = s.pending[maxEntry:]
		case complete:
			s.writeEntry("F", line)
			s.pending = rest
		default:
			return len(content), nil
		}
	}
}

// finish writes a last line without a line break.
func (s *stream) finish() {
	s.output.mutex.Lock()
	defer s.output.mutex.Unlock()
	if len(s.pending) > 0 {
		s.writeEntry("P", s.pending)
		s.pending = nil
	}
}

// writeEntry writes one entry in the format of the container runtime interface: the tag is F for a full line, P for a
// part of one.
func (s *stream) writeEntry(tag string, content []byte) {
	if s.output.log != nil {
		now := time.Now().UTC().Format("2006-01-02T15:04:05.000000000Z07:00")
		fmt.Fprintf(s.output.log, "%s %s %s %s\n", now, s.name, tag, content)
	}
}

// write writes to a client, until the client does not accept output.
func (a *attachment) write(name string, content []byte) {
	to := a.stdout
	if name == "stderr" {
		to = a.stderr
	}
	if to == nil {
		return
	}
	if _, err := to.Write(content); err != nil {
		a.once.Do(func() { close(a.failed) })
	}
}
