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

// reached is the cluster's endpoint once it answers. Without it the first object in the cluster would fail in the middle of an up, with
// an error that does not tell why. A preview asks nothing.
func (c *ControlPlane) reached(ctx *pulumi.Context) pulumi.StringOutput {
	if ctx.DryRun() {
		return c.Endpoint
	}
	visit := newVisit(*c.spec.Endpoint, func(text string, first bool) {
		_ = ctx.Log.Info(text, &pulumi.LogArgs{Resource: c, Ephemeral: !first})
	})
	return pulumi.All(c.Endpoint, c.Authority).ApplyT(func(values []any) (string, error) {
		address, authority := values[0].(string), values[1].(string)
		if address == "" { // of a cluster whose creation did not end, the state holds none
			return "", fmt.Errorf("the cluster has no endpoint: its creation did not end well")
		}
		return address, visit.wait(ctx.Context(), address, authority)
	}).(pulumi.StringOutput)
}

// visit asks an API server for its health until it answers. Any answer will do: who may ask what is another matter.
type visit struct {
	endpoint config.Endpoint
	// proxy is the endpoint's, nil for none.
	proxy *url.URL
	// Limit bounds the whole visit, attempt each question. Between two questions lies a pause, twice as long each time up to the longest.
	limit, attempt, pause, longest time.Duration
	// report is called after each attempt that fails. The first report states the limit and stays on the screen.
	report func(text string, first bool)
}

// final is an error of a connection after which another attempt is pointless: a rehearsal's, in which nothing changes while it waits.
type final interface{ Final() bool }

func newVisit(endpoint config.Endpoint, report func(text string, first bool)) *visit {
	v := &visit{
		endpoint: endpoint,
		limit:    5 * time.Minute, // the name of a new endpoint takes a while
		attempt:  10 * time.Second,
		pause:    2 * time.Second,
		longest:  20 * time.Second,
		report:   report,
	}
	// A text that is no URL is refused with the stack file.
	if proxy, err := url.Parse(endpoint.Proxy); err == nil && endpoint.Proxy != "" {
		v.proxy = proxy
	}
	return v
}

func (v *visit) wait(ctx context.Context, address, authority string) error {
	client, err := v.client(authority)
	if err != nil {
		return fmt.Errorf("the cluster's API %s: %w", address, err)
	}
	begun := time.Now()
	bounded, cancel := context.WithTimeout(ctx, v.limit)
	defer cancel()
	var last error
	for pause := v.pause; ; pause = min(2*pause, v.longest) {
		err := ask(bounded, client, address)
		if err == nil {
			return nil
		}
		var end final
		if errors.As(err, &end) && end.Final() {
			return v.unreachable(address, time.Since(begun), err)
		}
		first := last == nil
		// The end of the visit explains nothing; what it met before does.
		if first || bounded.Err() == nil {
			last = err
		}
		if first {
			v.report(fmt.Sprintf("the cluster's API does not answer yet, and is asked for up to %s. It accepts connections %s: %v", v.limit, v.sources(), last), true)
		} else {
			v.report(fmt.Sprintf("waiting for the cluster's API: %v", last), false)
		}
		select {
		case <-time.After(pause):
			continue
		case <-bounded.Done():
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("waiting for the cluster's API %s: %w", address, context.Cause(ctx))
		}
		return v.unreachable(address, time.Since(begun), last)
	}
}

func ask(ctx context.Context, client *http.Client, address string) error {
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

// client trusts the cluster's own authority alone, and goes by the stack's proxy or else by the environment's, as kubectl does. It starts
// from the process's own transport, so that whoever confines that confines this too.
func (v *visit) client(authority string) (*http.Client, error) {
	certificates, err := base64.StdEncoding.DecodeString(authority)
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(certificates) {
		return nil, fmt.Errorf("EKS's certificate authority for it is no certificate: %.60q", authority)
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

// unreachable tells what was asked, who is answered, and the ways there.
func (v *visit) unreachable(address string, asked time.Duration, last error) error {
	way := "without cluster.endpoint.proxy"
	if v.proxy != nil {
		way = "by cluster.endpoint.proxy " + v.proxy.Redacted()
	}
	return fmt.Errorf(`the cluster's API does not answer: %s/healthz, asked for %s %s: %w
It answers %s. Ways there:
  - run this inside the VPC, or over a VPN that leads into it
  - forward a port to a proxy in the VPC, as SSM does, and set cluster.endpoint.proxy to it
  - set cluster.endpoint.public: true and add your own address to cluster.endpoint.publicCidrs
What is made stays; run the same command again from there`,
		address, asked.Round(time.Second), way, last, v.sources())
}

// sources are where the API accepts connections from.
func (v *visit) sources() string {
	from := []string{}
	if v.endpoint.Private {
		from = append(from, "from inside the VPC")
	}
	if v.endpoint.Public {
		from = append(from, "from "+strings.Join(v.endpoint.PublicCIDRs, ", "))
	}
	return strings.Join(from, " and ")
}
