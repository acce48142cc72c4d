package check

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/internal/charts"
	"eksnet/internal/iam"
	"eksnet/lab/rehearsed"
)

// hostnameAnnotation is the annotation of a Service with the names of its records
// (github.com/kubernetes-sigs/external-dns v0.21.0, source/annotations).
const hostnameAnnotation = "external-dns.alpha.kubernetes.io/hostname"

// externalDNSRelease returns the release of ExternalDNS, nil for a stack without it.
func externalDNSRelease(s *rehearsed.Stack) *rehearsed.Release {
	return s.ReleaseOf(charts.ExternalDNS)
}

// NeedsExternalDNS reports whether a lab of a stack needs ExternalDNS: for the stack itself, or for the suite of one
// that is tested.
func NeedsExternalDNS(s *rehearsed.Stack, tested bool) bool {
	return externalDNSRelease(s) != nil || tested && hasNames(s)
}

// withExternalDNS returns a stack with ExternalDNS: a stack with hosted zones that lacks the add-on gets it as a user
// installs it, for the names of annotations.
func withExternalDNS(s *rehearsed.Stack) (*rehearsed.Stack, error) {
	if externalDNSRelease(s) != nil {
		return s, nil
	}
	const name = rehearsed.ExternalDNS
	changed := *s
	arns := "arn:" + s.Partition + ":iam::" + s.Account
	role := rehearsed.Role{ARN: arns + ":role/" + name, Name: name, Path: "/",
		Trust: iam.TrustServiceAccount(s.Identity.Provider.ARN, s.Identity.Provider.URL, name, name).JSON()}
	annotations := map[string]string{roleAnnotation: role.ARN}
	if len(s.Identity.Associations) > 0 {
		role.Trust, annotations = iam.TrustPods(s.Cluster.ARN, name, name).JSON(), nil
		changed.Identity.Associations = append(slices.Clone(s.Identity.Associations), rehearsed.Association{Namespace: name, ServiceAccount: name, RoleARN: role.ARN})
	}
	policy := rehearsed.Policy{ARN: arns + ":policy/" + name, Name: name, Path: "/", Document: externalDNSPolicy(s).JSON()}
	changed.Identity.Roles = append(slices.Clone(s.Identity.Roles), role)
	changed.Identity.Policies = append(slices.Clone(s.Identity.Policies), policy)
	changed.Identity.Attachments = append(slices.Clone(s.Identity.Attachments), rehearsed.Attachment{Role: name, Policy: policy.ARN})
	changed.Objects = append(slices.Clone(s.Objects),
		newObject("v1", "Namespace", "", name, nil),
		newObject("v1", "ServiceAccount", name, name, annotations))
	changed.OtherReleases = append(slices.Clone(s.OtherReleases), rehearsed.Release{Namespace: name, Name: name, Chart: name,
		Version: charts.Get(name).Version, Values: externalDNSValues(s), Place: len(changed.Objects)})
	return &changed, nil
}

// roleAnnotation is the annotation of a service account with its role.
const roleAnnotation = "eks.amazonaws.com/role-arn"

// externalDNSPolicy allows what ExternalDNS calls, in the zones of the stack.
func externalDNSPolicy(s *rehearsed.Stack) iam.Document {
	var zones []string
	for _, z := range s.HostedZones {
		zones = append(zones, "arn:"+s.Partition+":route53:::hostedzone/"+z.ID)
	}
	return iam.Policy(iam.Allow("route53:ListHostedZones"), iam.Allow("route53:ListResourceRecordSets").On(zones...),
		iam.Allow("route53:ChangeResourceRecordSets").On(zones...))
}

// externalDNSPolicyOf returns the policy of ExternalDNS's role.
func externalDNSPolicyOf(s *rehearsed.Stack) (rehearsed.Policy, error) {
	account, _ := externalDNSRelease(s).Values["serviceAccount"].(map[string]any)
	_, policy, err := policyOf(s, fmt.Sprint(account["name"]))
	return policy, err
}

func externalDNSValues(s *rehearsed.Stack) map[string]any {
	var domains []any
	for _, z := range s.HostedZones {
		if !slices.Contains(domains, any(z.Domain)) {
			domains = append(domains, z.Domain)
		}
	}
	return map[string]any{"provider": map[string]any{"name": "aws"}, "sources": []any{"service", "ingress"}, "policy": "sync",
		"registry": "txt", "txtOwnerId": s.Cluster.Name + "." + s.Region, "domainFilters": domains,
		// Only objects with the annotation: the hosts of the stack's Ingresses are records of the stack.
		"annotationFilter": hostnameAnnotation, "txtPrefix": "external-dns-%{record_type}.",
		"env":            []any{map[string]any{"name": "AWS_REGION", "value": s.Region}},
		"serviceAccount": map[string]any{"create": false, "name": rehearsed.ExternalDNS}}
}

func newObject(version, kind, namespace, name string, annotations map[string]string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": version, "kind": kind}}
	o.SetName(name)
	o.SetNamespace(namespace)
	o.SetAnnotations(annotations)
	return o
}

// ownerOf returns the owner in the TXT records of ExternalDNS.
func ownerOf(s *rehearsed.Stack) string {
	owner, _ := externalDNSRelease(s).Values["txtOwnerId"].(string)
	return owner
}
