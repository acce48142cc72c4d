package measure

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"eksnet/config"
	"eksnet/lab/balancer"
)

const (
	// clientPatience is the time in which a client expects its response.
	clientPatience = 5 * time.Second
	// resolveInterval is the time after which clients resolve the name of a load balancer again. On AWS the answer is
	// valid for 60 seconds
	// (docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#request-routing).
	resolveInterval = time.Second
)

// Stream sends requests to the load balancer of a workload at a steady rate, each by a connection of its own, as curl
// does, and in turn to the addresses that its name has. A request does not wait for the one before.
type Stream struct {
	f       *front
	began   time.Time
	stop    context.CancelFunc
	running sync.WaitGroup // requests, and what starts them

	mu    sync.Mutex // guards the fields below
	zones []balancer.Zone
	sent  int
	seen  Counts
}

// Counts are the results of requests.
type Counts struct {
	Answered int
	// ByPod counts the answered ones by the pod that answered, if the application is one that says it.
	ByPod map[string]int
	// Lost counts the others by reason: refused, reset, timeout, or a status code.
	Lost map[string]int
	// FirstLost and LastLost are the times of the lost requests since the begin of the stream.
	FirstLost, LastLost time.Duration
}

// TotalLost returns the number of requests that were lost.
func (c Counts) TotalLost() (lost int) {
	for _, n := range c.Lost {
		lost += n
	}
	return lost
}

// StartStream starts to send requests to the load balancer of a workload, at a rate per second, until Stop.
func (m *Measurement) StartStream(ctx context.Context, workload string, rate int) (*Stream, error) {
	f, err := m.frontOf(ctx, workload)
	if err != nil {
		return nil, err
	}
	if f.listener.Protocol == config.ProtocolUDP {
		return nil, fmt.Errorf("workload %s: a lost request over UDP is not noticed; accepted: TCP, TLS, HTTP and HTTPS", workload)
	}
	s := newStream(f, m.resolve(ctx, f))
	ctx, s.stop = context.WithCancel(ctx)
	s.running.Go(func() { s.resolveAgain(ctx, m) })
	s.running.Go(func() { s.sendAll(ctx, time.Second/time.Duration(rate)) })
	return s, nil
}

func newStream(f *front, zones []balancer.Zone) *Stream {
	return &Stream{f: f, began: time.Now(), zones: zones, seen: Counts{ByPod: map[string]int{}, Lost: map[string]int{}}}
}

// Sent returns the number of requests so far.
func (s *Stream) Sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent
}

// Stop ends the stream, and returns the counts once the last requests are answered or lost.
func (s *Stream) Stop() Counts {
	s.stop()
	s.running.Wait()
	return s.seen
}

// resolveAgain updates the addresses of the load balancer's name.
func (s *Stream) resolveAgain(ctx context.Context, m *Measurement) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(resolveInterval):
		}
		zones := m.resolve(ctx, s.f)
		s.mu.Lock()
		s.zones = zones
		s.mu.Unlock()
	}
}

func (s *Stream) sendAll(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		s.mu.Lock()
		z := s.zones[s.sent%len(s.zones)]
		s.sent++
		s.mu.Unlock()
		s.running.Go(func() { s.sendOne(context.WithoutCancel(ctx), z) })
	}
}

// sendOne sends a request to a zone, and counts its result.
func (s *Stream) sendOne(ctx context.Context, z balancer.Zone) {
	at := time.Since(s.began)
	pod, err := s.f.get(ctx, z)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.seen.Answered++
		if pod != "" {
			s.seen.ByPod[pod]++
		}
		return
	}
	if len(s.seen.Lost) == 0 || at < s.seen.FirstLost {
		s.seen.FirstLost = at
	}
	s.seen.LastLost = max(s.seen.LastLost, at)
	s.seen.Lost[lossOf(err)]++
}

// get requests a workload in a zone of its load balancer, and returns the name of the pod that answered, "" if the
// application does not respond with it.
func (f *front) get(ctx context.Context, z balancer.Zone) (pod string, err error) {
	ctx, cancel := context.WithTimeout(ctx, clientPatience)
	defer cancel()
	connection, err := f.dial(ctx, netip.AddrPortFrom(z.EntryFor(f.client.Address), uint16(f.listener.Port)))
	if err != nil {
		return "", err
	}
	defer connection.Close()
	deadline, _ := ctx.Deadline()
	if err := connection.SetDeadline(deadline); err != nil {
		return "", err
	}
	at, saysPod := f.firstPath(), f.workload.App == config.AppEcho && f.firstPath() == "/"
	if saysPod {
		at = "/hostname"
	}
	if _, err := io.WriteString(connection, f.getRequest(at)); err != nil {
		return "", err
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return "", err
	case response.StatusCode != http.StatusOK:
		return "", statusError(response.StatusCode)
	case saysPod:
		return string(body), nil
	}
	return "", nil
}

// statusError is a response with another status code than 200.
type statusError int

func (e statusError) Error() string { return fmt.Sprint("status ", int(e)) }

// lossOf returns the reason for which a client lost a request.
func lossOf(err error) string {
	timeout := net.Error(nil)
	switch {
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "reset"
	}
	return err.Error()
}
