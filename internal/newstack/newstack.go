// Package newstack writes the text of a new stack file from a few options.
package newstack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"eksnet/config"
)

// Options are what the author of a stack file decides. Lists are separated by commas.
type Options struct {
	Region, Account string
	// Zones are names of zones, or their last letters.
	Zones string
	// Endpoint are the ranges that may reach the cluster's API over the internet, or private.
	Endpoint string
	CIDR     string
	// Cluster is the name of the cluster, "" for that of the stack.
	Cluster       string
	InstanceTypes string
	// Workloads are NAME=KIND, or none.
	Workloads string
}

// The defaults of what need not be decided.
const (
	CIDR          = "10.0.0.0/16"
	InstanceTypes = "m7g.large"
	Workloads     = "echo=nlb"
)

const (
	private = "private"
	none    = "none"
)

// Text returns a stack file. The schema is the path of the JSON schema from the file. The values are not checked here:
// stackfile.Check does.
func Text(stack, schema string, o Options) ([]byte, error) {
	if err := o.checkMissing(); err != nil {
		return nil, err
	}
	workloads, addons, err := o.workloads()
	if err != nil {
		return nil, err
	}
	cluster := o.Cluster
	if cluster == "" {
		cluster = stack
	}
	endpoint := "{private: true}"
	if o.Endpoint != private {
		endpoint = "{private: true, public: true, publicCidrs: " + list(split(o.Endpoint)) + "}"
	}
	zones := o.zones()
	var out bytes.Buffer
	fmt.Fprintf(&out, "# yaml-language-server: $schema=%s\n", schema)
	fmt.Fprintf(&out, "# All keys: docs/configuration.md. After a change: eksnet validate %s\n", stack)
	fmt.Fprintf(&out, "config:\n  aws:region: %s\n  aws:allowedAccountIds: [%s]\n", scalar(o.Region), quote(o.Account))
	fmt.Fprintf(&out, "  eksnet:network:\n    cidr: %s\n    zones: %s\n", scalar(o.CIDR), list(zones))
	fmt.Fprintf(&out, "  eksnet:cluster:\n    name: %s\n    version: %q\n    endpoint: %s\n", scalar(cluster), config.DefaultVersion(), endpoint)
	fmt.Fprintf(&out, "  eksnet:nodeGroups:\n    general: {instanceTypes: %s, scaling: {min: 2, desired: %d, max: %d}}\n", list(split(o.InstanceTypes)), max(2, len(zones)), max(4, 2*len(zones)))
	fmt.Fprint(&out, addons, workloads)
	return out.Bytes(), nil
}

// checkMissing returns an error for all decisions that are missing.
func (o Options) checkMissing() error {
	var missing []string
	for _, option := range []struct{ value, name, how string }{
		{o.Region, "-region", "such as ap-northeast-2"},
		{o.Zones, "-zones", "such as a,b,c; aws ec2 describe-availability-zones --query 'AvailabilityZones[].ZoneName' lists those of your account"},
		{o.Account, "-account", "such as 111122223333; aws sts get-caller-identity --query Account shows yours"},
		{o.Endpoint, "-endpoint", "the ranges from which you reach the cluster's API, such as 203.0.113.7/32, or private"},
	} {
		if option.value == "" {
			missing = append(missing, fmt.Sprintf("  %s: %s", option.name, option.how))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return errors.New("init needs:\n" + strings.Join(missing, "\n"))
}

// zones returns the names of the zones.
func (o Options) zones() []string {
	names := split(o.Zones)
	for i, name := range names {
		if len(name) == 1 {
			names[i] = o.Region + name
		}
	}
	return names
}

// workloads returns the section of workloads, and that of the add-ons that they need.
func (o Options) workloads() (workloads, addons string, err error) {
	if o.Workloads == none || o.Workloads == "" {
		return "", "", nil
	}
	var lines, needs []string
	for _, workload := range split(o.Workloads) {
		name, kind, some := strings.Cut(workload, "=")
		if !some {
			return "", "", fmt.Errorf("-workloads: %q is not NAME=KIND, such as echo=nlb; kinds are %s", workload, strings.Join(slices.Concat(config.BalancedKinds, config.UnbalancedKinds), ", "))
		}
		lines = append(lines, fmt.Sprintf("    %s: {kind: %s}\n", scalar(name), scalar(kind)))
		switch {
		case slices.Contains(config.GatewayKinds, kind):
			needs = append(needs, "    gatewayApi: {}\n")
		case kind == config.KindMesh:
			needs = append(needs, "    istio: {}\n")
		case kind == config.KindPolicy:
			needs = append(needs, "    vpcCni: {networkPolicy: true}\n")
		}
	}
	slices.Sort(needs)
	if needs = slices.Compact(needs); len(needs) > 0 {
		addons = "  eksnet:addons:\n" + strings.Join(needs, "")
	}
	return "  eksnet:workloads:\n" + strings.Join(lines, ""), addons, nil
}

// split returns the elements of a list.
func split(text string) []string {
	parts := strings.Split(text, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return parts
}

// list is a list of strings in YAML.
func list(values []string) string {
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = scalar(value)
	}
	return "[" + strings.Join(all, ", ") + "]"
}

var plain = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9./_-]*$`)

// scalar is a string in YAML, in quotes where it would be read as something else.
func scalar(text string) string {
	var read any
	if plain.MatchString(text) && yaml.Unmarshal([]byte(text), &read) == nil && read == any(text) {
		return text
	}
	return quote(text)
}

// quote is a string in the form of JSON, which is also one of YAML.
func quote(text string) string {
	quoted, _ := json.Marshal(text) // a string is always valid
	return string(quoted)
}
