package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// waitForEndpoint returns the cluster's endpoint once the API accepts connections there. Without the wait the first
// object in the cluster would fail in the middle of an up, with an error that does not say why. A preview does not
// wait.
func (c *ControlPlane) waitForEndpoint(ctx *pulumi.Context) pulumi.StringOutput {
	if ctx.DryRun() {
		return c.Endpoint
	}
	poll := newEndpointWait(*c.spec.Endpoint, func(text string, first bool) {
		_ = ctx.Log.Info(text, &pulumi.LogArgs{Resource: c, Ephemeral: !first})
	})
	return pulumi.All(c.Endpoint, c.Authority).ApplyT(func(values []any) (string, error) {
		address, authority := values[0].(string), values[1].(string)
		if address == "" { // the state has no endpoint for a cluster whose creation did not complete
			return "", fmt.Errorf("the cluster has no endpoint: its creation did not complete")
		}
		return address, poll.wait(ctx.Context(), address, authority)
	}).(pulumi.StringOutput)
}

// endpointWait polls an API server's health endpoint until it responds. Any status is accepted: authorization is not
// checked here.
type endpointWait struct {
	endpoint config.Endpoint
	// proxy is the endpoint's, nil for none.
	proxy *url.URL
	// limit bounds the whole wait and attempt each request. The pause between two requests doubles up to longest.
	limit, attempt, pause, longest time.Duration
	// report is called after each failed request. The first report states the limit and remains on the screen.
	report func(text string, first bool)
}

// finalError is a connection error after which no retry can succeed. A rehearsal returns it, in which nothing changes
// during the wait.
type finalError interface{ Final() bool }

func newEndpointWait(endpoint config.Endpoint, report func(text string, first bool)) *endpointWait {
	v := &endpointWait{
		endpoint: endpoint,
		limit:    5 * time.Minute, // the DNS name of a new endpoint is not resolvable at once
		attempt:  10 * time.Second,
		pause:    2 * time.Second,
		longest:  20 * time.Second,
		report:   report,
	}
	// config refuses a proxy that is not a URL.
	if proxy, err := url.Parse(endpoint.Proxy); err == nil && endpoint.Proxy != "" {
		v.proxy = proxy
	}
	return v
}

func (v *endpointWait) wait(ctx context.Context, address, authority string) error {
	client, err := v.newClient(authority)
	if err != nil {
		return fmt.Errorf("API server %s: %w", address, err)
	}
	begun := time.Now()
	bounded, cancel := context.WithTimeout(ctx, v.limit)
	defer cancel()
	var last error
	for pause := v.pause; ; pause = min(2*pause, v.longest) {
		err := requestHealth(bounded, client, address)
		if err == nil {
			return nil
		}
		var end finalError
		if errors.As(err, &end) && end.Final() {
			return v.unreachableError(address, time.Since(begun), err)
		}
		first := last == nil
		// The error of the expired deadline does not show the cause; the one before it does.
		if first || bounded.Err() == nil {
			last = err
		}
		if first {
			v.report(fmt.Sprintf("the cluster's API does not answer yet; waiting up to %s. It accepts connections %s: %v", v.limit, v.sources(), last), true)
		} else {
			v.report(fmt.Sprintf("waiting for the cluster's API: %v", last), false)
		}
		select {
		case <-time.After(pause):
			continue
		case <-bounded.Done():
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("waiting for API server %s: %w", address, context.Cause(ctx))
		}
		return v.unreachableError(address, time.Since(begun), last)
	}
}

func requestHealth(ctx context.Context, client *http.Client, address string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/healthz", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// newClient returns a client that trusts only the cluster's certificate authority. It uses the proxy of the stack file
// or else that of the environment, as kubectl does. Its transport is a clone of the process's default one, so that
// restrictions on that apply here too.
func (v *endpointWait) newClient(authority string) (*http.Client, error) {
	certificates, err := base64.StdEncoding.DecodeString(authority)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(certificates) {
		return nil, fmt.Errorf("its certificate authority is not a PEM certificate: %.60q", authority)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	transport.DisableKeepAlives = true
	if v.proxy != nil {
		transport.Proxy = http.ProxyURL(v.proxy)
	}
	return &http.Client{
		Transport:     transport,
		Timeout:       v.attempt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// unreachableError returns an error with the request that failed, the accepted sources, and the ways to reach the API.
func (v *endpointWait) unreachableError(address string, elapsed time.Duration, last error) error {
	way := "without cluster.endpoint.proxy"
	if v.proxy != nil {
		way = "through cluster.endpoint.proxy " + v.proxy.Redacted()
	}
	return fmt.Errorf(`the cluster's API does not answer: %s/healthz, polled for %s %s: %w
The API accepts connections %s. To reach it, do one of the following:
  - run this command inside the VPC, or over a VPN into it
  - forward a port to a proxy in the VPC, as SSM does, and set cluster.endpoint.proxy to it
  - set cluster.endpoint.public: true and add your own address to cluster.endpoint.publicCidrs
Resources already created are kept. Run the same command again`,
		address, elapsed.Round(time.Second), way, last, v.sources())
}

// sources returns the networks from which the API accepts connections.
func (v *endpointWait) sources() string {
	from := []string{}
	if v.endpoint.Private {
		from = append(from, "from inside the VPC")
	}
	if v.endpoint.Public {
		from = append(from, "from "+strings.Join(v.endpoint.PublicCIDRs, ", "))
	}
	return strings.Join(from, " and ")
}
