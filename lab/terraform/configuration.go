package terraform

import (
	"fmt"
	"slices"
	"strings"

	"eksnet/lab/rehearsed"
)

const (
	// providerSource and ProviderVersion are the upstream provider that Pulumi's AWS provider 6.83 bridges
	// (github.com/pulumi/pulumi-aws/releases/tag/v6.83.0).
	providerSource  = "hashicorp/aws"
	ProviderVersion = "5.100.0"
)

// Account is where the configuration creates resources.
type Account struct {
	// Number is the number of the AWS account, Region the region, and Endpoint the URL of moto.
	Number, Region, Endpoint string
}

// Configuration is the configuration of a stack.
type Configuration struct {
	// Resources holds the arguments of each resource by type and name.
	Resources map[string]map[string]map[string]any
	// Addresses holds the addresses of the resources in the order of their creation, such as aws_vpc.local.
	Addresses []string
	account   Account
}

// NewConfiguration converts the AWS resources of a state. omitted holds types that are left out.
func NewConfiguration(account Account, state []rehearsed.Resource, omitted map[string]string) (*Configuration, error) {
	c := &Configuration{Resources: map[string]map[string]map[string]any{}, account: account}
	all := newResources(state, omitted)
	for _, r := range all.list {
		if r.typ == "" {
			return nil, fmt.Errorf("%s: type %s has no entry in lab/terraform/resource_types.go", r.URN, r.Type)
		}
		arguments, err := all.convert(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.URN, err)
		}
		if c.Resources[r.typ] == nil {
			c.Resources[r.typ] = map[string]map[string]any{}
		}
		c.Resources[r.typ][r.name] = arguments
		c.Addresses = append(c.Addresses, r.address())
	}
	return c, nil
}

// JSON returns the content of main.tf.json.
func (c *Configuration) JSON() map[string]any {
	return map[string]any{"terraform": required(), "provider": map[string]any{"aws": c.account.provider()}, "resource": c.Resources}
}

// required returns the block with the provider's version.
func required() map[string]any {
	return map[string]any{"required_providers": map[string]any{"aws": map[string]any{"source": providerSource, "version": ProviderVersion}}}
}

// services are those of the resources' types, and STS for the account's number, as the provider names them
// (registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/guides/custom-service-endpoints).
var services = []string{"ec2", "eks", "iam", "kms", "logs", "sts"}

// provider returns the provider's arguments. The resources' tags contain the provider's default tags already.
func (a Account) provider() map[string]any {
	endpoints := map[string]any{}
	for _, service := range services {
		endpoints[service] = a.Endpoint
	}
	return map[string]any{
		"region": a.Region, "endpoints": []any{endpoints}, "allowed_account_ids": []any{a.Number},
		// Moto accepts any credentials.
		"access_key": "lab", "secret_key": "lab",
		"skip_credentials_validation": true, "skip_metadata_api_check": true, "skip_region_validation": true, "skip_requesting_account_id": false,
		// What moto does not support is an error at once: the default is 25 retries.
		"max_retries": 1,
	}
}

// count returns the number of resources of each type.
func (c *Configuration) count() map[string]int {
	counts := map[string]int{}
	for typ, named := range c.Resources {
		counts[typ] = len(named)
	}
	return counts
}

// resource is a resource of the stack with its type and name in the configuration.
type resource struct {
	rehearsed.Resource
	typ, name string
}

func (r *resource) address() string { return r.typ + "." + r.name }

// resources are the resources of a state.
type resources struct {
	// list holds those that are converted, in the order of their creation.
	list []*resource
	// converted holds them by URN, and state every resource.
	converted map[string]*resource
	state     map[string]rehearsed.Resource
}

// newResources returns the AWS resources that the program manages, without those of omitted types.
func newResources(state []rehearsed.Resource, omitted map[string]string) *resources {
	all := &resources{converted: map[string]*resource{}, state: map[string]rehearsed.Resource{}}
	addresses := map[string]bool{}
	for _, r := range state {
		all.state[r.URN] = r
		typ := resourceTypes[r.Type]
		if _, omit := omitted[typ]; !strings.HasPrefix(r.Type, "aws:") || !r.Custom || r.External || omit {
			continue
		}
		converted := &resource{Resource: r, typ: typ, name: resourceName(r.URN)}
		for base, i := converted.name, 2; addresses[converted.address()]; i++ {
			converted.name = fmt.Sprintf("%s_%d", base, i)
		}
		addresses[converted.address()] = true
		all.converted[r.URN] = converted
		all.list = append(all.list, converted)
	}
	return all
}

// resourceName returns the name in a URN as Terraform accepts it: letters, digits, underscores and hyphens, and no
// digit first (developer.hashicorp.com/terraform/language/syntax/configuration#identifiers).
func resourceName(urn string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, urn[strings.LastIndex(urn, "::")+len("::"):])
	if name == "" || name[0] >= '0' && name[0] <= '9' || name[0] == '-' {
		name = "_" + name
	}
	return name
}

// dependencies returns the addresses of the resources that must exist before a resource. A dependency on a resource
// that is not converted, such as a component, is one on the dependencies of that resource.
func (all *resources) dependencies(r *resource) []any {
	var addresses []string
	seen := map[string]bool{}
	var add func(urns []string)
	add = func(urns []string) {
		for _, urn := range urns {
			if seen[urn] {
				continue
			}
			seen[urn] = true
			if other := all.converted[urn]; other != nil {
				addresses = append(addresses, other.address())
			} else {
				add(all.state[urn].Dependencies)
			}
		}
	}
	add(r.Dependencies)
	slices.Sort(addresses)
	list := make([]any, len(addresses))
	for i, address := range addresses {
		list[i] = address
	}
	return list
}
