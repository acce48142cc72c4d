package look

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// SendCommand is the argument with which a remote client starts this program.
const SendCommand = "send"

// order is a line that a remote client reads: one of its fields is set.
type order struct {
	Resolve string   `json:"resolve,omitempty"`
	Send    *Request `json:"send,omitempty"`
}

// report is a line that a remote client writes for an order.
type report struct {
	Addresses []string `json:"addresses,omitempty"`
	Answer    *Answer  `json:"answer,omitempty"`
	Error     string   `json:"error,omitempty"`
}

// Serve is the remote client: it carries out the orders of its input until that ends.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	lines, encoder := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var o order
		err := lines.Decode(&o)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("standard input: %w; only eksnet-aws look starts eksnet-aws send", err)
		}
		if err := encoder.Encode(carryOut(ctx, o)); err != nil {
			return err
		}
	}
}

func carryOut(ctx context.Context, o order) (r report) {
	var err error
	switch {
	case o.Send != nil:
		var answer Answer
		answer, err = Here{}.Send(ctx, *o.Send)
		r.Answer = &answer
	default:
		r.Addresses, err = Here{}.Resolve(ctx, o.Resolve)
	}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// Remote is a client behind a command, such as ssh or lab node, that starts this program with SendCommand at another
// place.
type Remote struct {
	// Command is the command line without SendCommand, in the words of a shell.
	Command string

	mutex      sync.Mutex
	in         io.WriteCloser
	out        *json.Decoder
	process    *exec.Cmd
	complaints *bytes.Buffer
}

// Resolve implements Client.
func (c *Remote) Resolve(ctx context.Context, host string) ([]string, error) {
	r, err := c.exchange(ctx, order{Resolve: host})
	if err == nil && r.Error != "" {
		err = errors.New(r.Error)
	}
	return r.Addresses, err
}

// Send implements Client.
func (c *Remote) Send(ctx context.Context, request Request) (Answer, error) {
	r, err := c.exchange(ctx, order{Send: &request})
	switch {
	case err != nil:
		return Answer{}, err
	case r.Error != "":
		return Answer{}, errors.New(r.Error)
	case r.Answer == nil:
		return Answer{}, fmt.Errorf("%s answers without an answer: start the same version of eksnet-aws there",
			c.Command)
	}
	return *r.Answer, nil
}

// endTimeout is how long a command may take to end once its input has ended.
const endTimeout = 2 * time.Second

// exchange writes an order and reads the report. It starts the command the first time.
func (c *Remote) exchange(ctx context.Context, o order) (r report, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.process == nil {
		if err := c.start(); err != nil {
			return r, err
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = c.process.Process.Kill() })
	defer stop()
	err = json.NewEncoder(c.in).Encode(o)
	if err == nil {
		err = c.out.Decode(&r)
	}
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if err != nil {
		return r, c.explain(err)
	}
	return r, nil
}

// start starts the command.
func (c *Remote) start() (err error) {
	command := exec.Command("/bin/sh", "-c", "exec "+c.Command+" "+SendCommand)
	c.complaints = &bytes.Buffer{}
	command.Stderr, command.WaitDelay = c.complaints, time.Second
	if c.in, err = command.StdinPipe(); err != nil {
		return err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	c.out = json.NewDecoder(bufio.NewReader(out))
	if err := command.Start(); err != nil {
		return fmt.Errorf("%s %s: %w", c.Command, SendCommand, err)
	}
	c.process = command
	return nil
}

// explain returns the error of a command that ended, or does not speak the protocol, with what it complained.
func (c *Remote) explain(err error) error {
	c.in.Close()
	kill := time.AfterFunc(endTimeout, func() { _ = c.process.Process.Kill() })
	defer kill.Stop()
	_ = c.process.Wait() // what it complained says more than its status
	if text := strings.TrimSpace(c.complaints.String()); text != "" {
		err = errors.New(text[strings.LastIndexByte(text, '\n')+1:])
	}
	return fmt.Errorf("%s %s: %w; it must start eksnet-aws, such as ssh HOST ./eksnet-aws", c.Command, SendCommand, err)
}

// Close ends the command.
func (c *Remote) Close() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.process != nil {
		c.in.Close()
		kill := time.AfterFunc(endTimeout, func() { _ = c.process.Process.Kill() })
		defer kill.Stop()
		_ = c.process.Wait() // its results were read
	}
}
