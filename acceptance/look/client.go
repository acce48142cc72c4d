package look

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Request is what one connection, or one UDP socket, sends.
type Request struct {
	// Address is the IP address and port of a load balancer.
	Address string `json:"address"`
	UDP     bool   `json:"udp,omitempty"`
	TLS     bool   `json:"tls,omitempty"`
	// Host is the host of HTTP requests, and the name for TLS.
	Host string `json:"host,omitempty"`
	// Texts are paths of HTTP requests, or data of datagrams, which are sent one after the other.
	Texts []string `json:"texts"`
	// Timeout is how long the whole may take.
	Timeout time.Duration `json:"timeout"`
}

// Answer is what came back.
type Answer struct {
	// Texts are the bodies of the responses, or the data of datagrams, as many as arrived.
	Texts []string `json:"texts"`
	// Location is the target of a redirect, "" for none.
	Location string `json:"location,omitempty"`
	// Client is the address of the client's socket.
	Client string `json:"client,omitempty"`
	// Error is why fewer texts arrived than were sent, "" if all did.
	Error string `json:"error,omitempty"`
}

// Client sends requests from one place.
type Client interface {
	// Resolve returns the addresses of a DNS name there.
	Resolve(ctx context.Context, host string) ([]string, error)
	// Send sends a request. A request without an answer is no error; an error is that of the client itself.
	Send(ctx context.Context, r Request) (Answer, error)
}

// Here is the client on this machine.
type Here struct{}

// Resolve implements Client.
func (Here) Resolve(ctx context.Context, host string) ([]string, error) {
	return net.DefaultResolver.LookupHost(ctx, host)
}

// Send implements Client.
func (Here) Send(ctx context.Context, r Request) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	network := "tcp"
	if r.UDP {
		network = "udp"
	}
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, network, r.Address)
	if err != nil {
		return Answer{Error: err.Error()}, nil
	}
	defer connection.Close()
	stop := context.AfterFunc(ctx, func() { _ = connection.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	a := Answer{Client: hostOf(connection.LocalAddr().String())}
	send := sendHTTP
	switch {
	case r.UDP:
		send = sendDatagrams
	case r.TLS:
		// Only which pod answers is compared. The certificate is the operator's, and may be for another name.
		connection = tls.Client(connection, &tls.Config{ServerName: r.Host, InsecureSkipVerify: true})
	}
	if err := send(connection, r, &a); err != nil {
		a.Error = err.Error()
	}
	return a, nil
}

// sendDatagrams sends each text in a datagram, and reads the answer to it.
func sendDatagrams(connection net.Conn, r Request, a *Answer) error {
	buffer := make([]byte, 2048)
	for _, text := range r.Texts {
		if _, err := connection.Write([]byte(text)); err != nil {
			return err
		}
		n, err := connection.Read(buffer)
		if err != nil {
			return err
		}
		a.Texts = append(a.Texts, string(buffer[:n]))
	}
	return nil
}

// mostBody is the largest body that is read.
const mostBody = 64 << 10

// sendHTTP sends a request for each path on one connection.
func sendHTTP(connection net.Conn, r Request, a *Answer) error {
	reader := bufio.NewReader(connection)
	for i, path := range r.Texts {
		request, err := http.NewRequest(http.MethodGet, "http://"+r.Host+path, nil)
		if err != nil {
			return err
		}
		request.Close = i == len(r.Texts)-1
		if err := request.Write(connection); err != nil {
			return err
		}
		response, err := http.ReadResponse(reader, request)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, mostBody))
		response.Body.Close()
		switch {
		case err != nil:
			return err
		case response.StatusCode >= 300 && response.StatusCode < 400:
			a.Location = response.Header.Get("Location")
		case response.StatusCode != http.StatusOK:
			return fmt.Errorf("GET %s: %s", path, response.Status)
		}
		a.Texts = append(a.Texts, strings.TrimSpace(string(body)))
		if response.Close && i < len(r.Texts)-1 {
			return errors.New("the connection was closed after the first response")
		}
	}
	return nil
}

// hostOf returns the address of an address and a port.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
