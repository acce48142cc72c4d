package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"eksnet/lab/balancer"
)

// healthReporter posts the health of targets to moto, whose DescribeTargetHealth and DescribeInstanceHealth return it.
type healthReporter struct {
	endpoint string
	reported []byte
}

// report posts the health of all targets if it has changed.
func (r *healthReporter) report(ctx context.Context, all map[string]*loadBalancer) error {
	health := map[string]map[netip.AddrPort]balancer.Health{}
	for _, b := range all {
		for group, targets := range b.Health() {
			health[group] = targets
		}
	}
	content, err := json.Marshal(health)
	if err != nil || bytes.Equal(content, r.reported) {
		return err
	}
	url := r.endpoint + "/moto-api/target-health"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(content))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if _, err := do(request); err != nil {
		return fmt.Errorf("the health of targets: %w", err)
	}
	r.reported = content
	return nil
}

// accountChanges returns the number of calls of moto so far that may have changed the network or load balancers.
func accountChanges(ctx context.Context, endpoint string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/moto-api/changes", nil)
	if err != nil {
		return 0, err
	}
	body, err := do(request)
	if err != nil {
		return 0, fmt.Errorf("changes of the account: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(body))
}

// do sends a request to moto, and returns the body of the response.
func do(request *http.Request) (string, error) {
	request.Close = true // moto may close a kept-alive connection just as the next request begins
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", request.URL, response.Status, body)
	}
	return string(body), err
}
