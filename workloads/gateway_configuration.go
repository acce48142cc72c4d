package workloads

import (
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// balancerConfiguration returns the spec of a LoadBalancerConfiguration: what the annotations of a Service or an
// Ingress say of the load balancer and its listeners
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/gateway/loadbalancerconfig).
func balancerConfiguration(args *GatewayArgs) pulumi.Map {
	w := args.Plan.Spec
	spec := pulumi.Map{"scheme": pulumi.String(w.Scheme), "loadBalancerSubnets": subnetConfigurations(args)}
	if args.DualStack {
		spec["ipAddressType"] = pulumi.String(dualStack)
	}
	if listeners := listenerConfigurations(args); len(listeners) > 0 {
		spec["listenerConfigurations"] = listeners
	}
	if len(w.SourceRanges) > 0 {
		spec["sourceRanges"] = pulumi.ToStringArray(w.SourceRanges)
	}
	if len(w.PrefixLists) > 0 {
		// Unlike for a Service and an Ingress, the controller also allows all ranges unless the list of ranges is present
		// (pkg/gateway/model/model_build_security_group.go, buildManagedSecurityGroupIngressPermissions).
		spec["sourceRanges"] = pulumi.ToStringArray(append([]string{}, w.SourceRanges...))
		spec["securityGroupPrefixes"] = pulumi.ToStringArray(w.PrefixListIDs())
	}
	if len(w.SecurityGroups) > 0 {
		// The security groups of nodes and pods allow the controller's shared backend security group. With this setting,
		// the controller adds that group to the listed ones.
		spec["securityGroups"], spec["manageBackendSecurityGroupRules"] = pulumi.ToStringArray(w.SecurityGroups), pulumi.Bool(true)
	}
	if w.WAF != "" && w.WAF != config.NoWAF {
		spec["wafV2"] = pulumi.Map{"webACL": pulumi.String(w.WAF)}
	}
	attributes := map[string]string{}
	if w.IsNLB() {
		attributes[awsdata.LoadBalancerCrossZone] = strconv.FormatBool(w.CrossZone)
	}
	maps.Copy(attributes, w.LoadBalancerAttributes())
	if len(attributes) > 0 {
		spec["loadBalancerAttributes"] = keyValues(attributes)
	}
	return spec
}

// subnetConfigurations returns the subnets in the order of their zones, each with its Elastic IP if there are any.
func subnetConfigurations(args *GatewayArgs) pulumi.ArrayOutput {
	addresses := args.Plan.Spec.ElasticIPs
	return args.Subnets.ToStringArrayOutput().ApplyT(func(ids []string) []any {
		var all []any
		for i, id := range ids {
			subnet := map[string]any{"identifier": id}
			if i < len(addresses) {
				subnet["eipAllocation"] = addresses[i]
			}
			all = append(all, subnet)
		}
		return all
	}).(pulumi.ArrayOutput)
}

// listenerConfigurations returns the certificates, security policies, mutual TLS and idle timeouts of listeners.
func listenerConfigurations(args *GatewayArgs) pulumi.Array {
	var all pulumi.Array
	for _, l := range args.Plan.Listeners {
		listener := pulumi.Map{"protocolPort": pulumi.String(l.Protocol + ":" + strconv.Itoa(l.Port))}
		certificates, timeout := args.Plan.Certificates[l.Port], args.Plan.IdleTimeouts[l.Port]
		if len(certificates) > 0 {
			listener["defaultCertificate"], listener["sslPolicy"] = pulumi.String(certificates[0]), pulumi.String(args.Plan.TLSPolicies[l.Port])
		}
		if len(certificates) > 1 {
			listener["certificates"] = pulumi.ToStringArray(certificates[1:])
		}
		if m := args.Plan.Spec.MutualTLS; m != nil && l.Protocol == "HTTPS" {
			authentication := pulumi.Map{"mode": pulumi.String(m.AWSMode())}
			if m.TrustStore != "" {
				authentication["trustStore"] = pulumi.String(m.TrustStore)
			}
			listener["mutualAuthentication"] = authentication
		}
		if timeout > 0 {
			listener["listenerAttributes"] = keyValues(map[string]string{awsdata.IdleTimeout: strconv.Itoa(timeout)})
		}
		if len(listener) > 1 {
			all = append(all, listener)
		}
	}
	return all
}

// keyValues returns attributes as a list, sorted by key.
func keyValues(values map[string]string) pulumi.Array {
	var all pulumi.Array
	for _, key := range slices.Sorted(maps.Keys(values)) {
		all = append(all, pulumi.Map{"key": pulumi.String(key), "value": pulumi.String(values[key])})
	}
	return all
}
