// Package lab connects a rehearsal to a running lab: its API server and controllers take the place of the simulated
// ones, and Pulumi's own Kubernetes provider that of the simulated provider. The simulated account remains for AWS.
//
// Before each call of the Kubernetes provider the lab's AWS gets what the account has, and before each call that
// deletes something in AWS the account gets the load balancers that the controllers created.
package lab

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"eksnet/internal/exchange"
	"eksnet/rehearsal/world"
)

// Connection is the connection to a lab.
type Connection struct {
	exchange.Lab
	// WithoutAPIServer stops the cluster's API server from the next exchange on.
	WithoutAPIServer bool

	// mu is held during an exchange.
	mu sync.Mutex
	// certificates are the ARNs of the operator's certificates.
	certificates []string
	// changed is set if the account has changed since the last exchange.
	changed    bool
	left       []string
	unfinished []string
}

// Connect reads the file that a lab has written.
func Connect(file string) (*Connection, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("lab: %w", err)
	}
	c := &Connection{changed: true}
	if err := json.Unmarshal(text, &c.Lab); err != nil {
		return nil, fmt.Errorf("lab: %s: %w", file, err)
	}
	return c, nil
}

// Left returns what remained in the lab at the last exchange, one line each.
func (c *Connection) Left() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left
}

// Unfinished returns what the controllers had not finished at the last exchange, one line each.
func (c *Connection) Unfinished() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unfinished
}

// ImportCertificates sets the ARNs of the operator's certificates. The lab gets them at the next exchange, also if the
// account does not change.
func (c *Connection) ImportCertificates(arns []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed = c.changed || !slices.Equal(c.certificates, arns)
	c.certificates = arns
}

// markChanged makes the next call of the Kubernetes provider wait for an exchange.
func (c *Connection) markChanged() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed = true
}

// Send exchanges if the account has changed since the last exchange.
func (c *Connection) Send(ctx context.Context, w *world.World) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.changed {
		return nil
	}
	return c.exchange(ctx, w)
}

// Exchange gives the lab the account, and the account what the lab's controllers have created.
func (c *Connection) Exchange(ctx context.Context, w *world.World) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exchange(ctx, w)
}

func (c *Connection) exchange(ctx context.Context, w *world.World) error {
	account, err := w.JSON()
	if err != nil {
		return err
	}
	body, err := json.Marshal(exchange.Request{Account: account, Certificates: c.certificates, WithoutAPIServer: c.WithoutAPIServer})
	if err != nil {
		return err
	}
	c.changed = false
	seen, err := c.post(ctx, body)
	if err != nil {
		c.changed = true
		return fmt.Errorf("exchange with the lab: %w", err)
	}
	c.left, c.unfinished = seen.Left, seen.Unfinished
	return w.Follow(seen)
}

func (c *Connection) post(ctx context.Context, body []byte) (seen exchange.Observation, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Lab.Exchange, bytes.NewReader(body))
	if err != nil {
		return seen, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return seen, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return seen, err
	}
	if response.StatusCode != http.StatusOK {
		return seen, fmt.Errorf("%s", strings.TrimSpace(string(text)))
	}
	return seen, json.Unmarshal(text, &seen)
}
