package prove

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Ordering returns docs/ordering.md: what fails without each edge, and the orders that data has. The text depends
// only on the proofs.
func Ordering(proofs []EdgeProof, carried []Carried) string {
	var out strings.Builder
	out.WriteString(orderingHeader)
	for _, p := range proofs {
		out.WriteString(edgeRow(p))
	}
	out.WriteString(carriedHeader)
	for _, c := range carried {
		fmt.Fprintf(&out, "| %s after %s | %s |\n", c.Later, c.Earlier, c.Why)
	}
	return out.String()
}

func edgeRow(p EdgeProof) string {
	return fmt.Sprintf("| %s | %s | %s | %s |\n", p.Edge, tableCell(edgeReason(p)), tableCell(p.Up), tableCell(edgeDown(p)))
}

// OrderingDiffers lists the lines of a document that differ from Ordering. For a skipped edge it compares only the
// name and the reason.
func OrderingDiffers(document string, proofs []EdgeProof, carried []Carried) []string {
	want, got := strings.Split(Ordering(proofs, carried), "\n"), strings.Split(document, "\n")
	open := map[string]bool{}
	for _, p := range proofs {
		open[strings.TrimSuffix(edgeRow(p), "\n")] = p.Skipped
	}
	var differ []string
	for i := range max(len(want), len(got)) {
		var is, should string
		if i < len(got) {
			is = got[i]
		}
		if i < len(want) {
			should = want[i]
		}
		if open[should] {
			should = strings.TrimSuffix(should, " | – | – |")
			is = is[:min(len(should), len(is))]
		}
		if is != should {
			differ = append(differ, fmt.Sprintf("line %d is %q and not %q", i+1, is, should))
		}
	}
	return differ
}

const orderingHeader = `# Order of creation and deletion

This page is generated from the proof of the edges, and a test compares the two: ` + "`cd rehearsal && go test ./prove -run Ordering -update`" + ` writes it.

Most of the order comes from data: a resource that takes an output of another one is created after it. Every other order is an edge in
` + "`stack/stack.go`" + `: the part before "after" is created later and deleted earlier. The proof removes each edge in turn, keeps all other edges,
and creates and destroys the stack in the worst order that is possible then. The table has the errors of the simulated account.
` + "`…`" + ` replaces omitted text. A dash is a direction in which nothing fails.

| edge | why | up without it | destroy without it |
|---|---|---|---|
`

const carriedHeader = `
## What data orders

These orders need no edge, because one resource takes an output of the other. The proof finds them in the state of the stack with all edges removed.

| order | data |
|---|---|
`

func edgeReason(p EdgeProof) string {
	if p.Stack != "" {
		return p.Reason + " (proven by stack `" + p.Stack + "`)"
	}
	return p.Reason
}

func edgeDown(p EdgeProof) string {
	if p.Under != "" {
		return p.Under + ": " + p.Down
	}
	return p.Down
}

// tableCell escapes a text for a Markdown table.
func tableCell(text string) string {
	if text == "" {
		return "–"
	}
	return strings.ReplaceAll(text, "|", `\|`)
}

// Carried is an order that a destroy requires and that data already has.
type Carried struct {
	Later, Earlier, Why string

	later, earlier resourceKind
}

// resourceKind selects the resources of a type whose name contains a text.
type resourceKind struct{ typ, name string }

const (
	associationType       = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	policyAttachmentType  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	addonType             = "aws:eks/addon:Addon"
	nodeGroupResourceType = "aws:eks/nodeGroup:NodeGroup"
	clusterResourceType   = "aws:eks/cluster:Cluster"
	oidcProviderType      = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
)

// carriedOrders are the orders that a destroy requires and that have no edge.
var carriedOrders = []Carried{
	{"control plane", "the policy of its role", "the role's ARN comes from the attachment, in the eks component",
		resourceKind{clusterResourceType, ""}, resourceKind{policyAttachmentType, "eksRole"}},
	{"control plane", "the routes of its subnets", "a subnet's id comes from its route table association",
		resourceKind{clusterResourceType, ""}, resourceKind{associationType, "private-ap-northeast-2a"}},
	{"control plane", "the key of its Secrets", "the key's ARN",
		resourceKind{clusterResourceType, ""}, resourceKind{"aws:kms/key:Key", ""}},
	{"nodes", "the access entry of their role", "the cluster's name comes from the eks component, which is done when its access entry is made",
		resourceKind{nodeGroupResourceType, ""}, resourceKind{"aws:eks/accessEntry:AccessEntry", "InstanceRole"}},
	{"nodes", "the security groups and rules of the control plane", "the cluster's name, likewise",
		resourceKind{nodeGroupResourceType, ""}, resourceKind{"aws:ec2/securityGroupRule:SecurityGroupRule", ""}},
	{"nodes", "the routes of their subnets", "a subnet's id comes from its route table association",
		resourceKind{nodeGroupResourceType, ""}, resourceKind{associationType, "private"}},
	{"VPC CNI", "the OIDC provider", "its role trusts the provider's ARN",
		resourceKind{addonType, "vpc-cni"}, resourceKind{oidcProviderType, ""}},
	{"load balancer controller", "the OIDC provider", "its service account names its role, which trusts the provider's ARN",
		resourceKind{"kubernetes:helm.sh/v3:Release", ""}, resourceKind{oidcProviderType, ""}},
	{"load balancer controller", "the security group that its load balancers share", "its chart values have the group's id",
		resourceKind{"kubernetes:helm.sh/v3:Release", ""}, resourceKind{"aws:ec2/securityGroup:SecurityGroup", "lbc-backend"}},
	{"NAT gateways", "the routes of their subnets", "a subnet's id comes from its route table association",
		resourceKind{"aws:ec2/natGateway:NatGateway", "2a"}, resourceKind{associationType, "public-ap-northeast-2a"}},
	{"load balancers", "the subnets that they name", "their annotation has the subnets' ids",
		resourceKind{"kubernetes:core/v1:Service", "-nlb"}, resourceKind{associationType, "public-"}},
	{"Services", "their namespace", "the namespace's name",
		resourceKind{"kubernetes:core/v1:Service", ""}, resourceKind{"kubernetes:core/v1:Namespace", ""}},
	{"all in the cluster", "the control plane", "the provider's kubeconfig",
		resourceKind{"kubernetes:core/v1:Namespace", ""}, resourceKind{clusterResourceType, ""}},
	{"S3 endpoint", "the route tables it writes to", "their ids",
		resourceKind{"aws:ec2/vpcEndpoint:VpcEndpoint", ""}, resourceKind{"aws:ec2/routeTable:RouteTable", "private"}},
}

// CarriedOrders returns the orders that data has. It returns an error for one that data no longer has.
func CarriedOrders(ctx context.Context, r *Rig, program pulumi.RunFunc) ([]Carried, error) {
	at, err := newBuiltStacks(r, program).buildOwn(ctx)
	if err != nil {
		return nil, err
	}
	data := at.graph.data()
	for _, c := range carriedOrders {
		if err := data.carries(c); err != nil {
			return nil, err
		}
	}
	return slices.Clone(carriedOrders), nil
}

func (g *graph) carries(c Carried) error {
	later, earlier := g.kind(c.later), g.kind(c.earlier)
	if len(later) == 0 || len(earlier) == 0 {
		return fmt.Errorf("%s after %s: the stack has no such resources", c.Later, c.Earlier)
	}
	for _, l := range later {
		for _, e := range earlier {
			if !g.behind[l][e] {
				return fmt.Errorf("%s after %s: no data carries it from %s to %s", c.Later, c.Earlier, e.Name(), l.Name())
			}
		}
	}
	return nil
}

func (g *graph) kind(k resourceKind) []urn.URN {
	var urns []urn.URN
	for _, r := range g.resources {
		if string(r.Type) == k.typ && strings.Contains(r.URN.Name(), k.name) {
			urns = append(urns, r.URN)
		}
	}
	return urns
}
