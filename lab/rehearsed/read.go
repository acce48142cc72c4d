package rehearsed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/internal/charts"
)

// Read reads the folder of a rehearsal after `rehearse up`, with plan.json and paths.json, the outputs of `eksnet plan
// -json` and `eksnet path -json`.
func Read(dir string) (*Stack, error) {
	if err := checkComplete(dir); err != nil {
		return nil, err
	}
	order, err := readOrder(filepath.Join(dir, "state.json"))
	if err != nil {
		return nil, withCommand(dir, err)
	}
	s, err := readWorld(filepath.Join(dir, "world.json"))
	if err != nil {
		return nil, withCommand(dir, err)
	}
	s.Plan = &Plan{}
	if err := errors.Join(readJSON(filepath.Join(dir, "plan.json"), s.Plan), readJSON(filepath.Join(dir, "paths.json"), &s.Paths)); err != nil {
		return nil, withCommand(dir, err)
	}
	if s.Cluster.Name == "" {
		return nil, fmt.Errorf("%s: the rehearsal has no cluster: create one with bin/rehearse up -dir %[1]s", dir)
	}
	for _, resource := range order {
		s.Name = resource.stack()
		s.add(s.World.find(resource))
	}
	return s, nil
}

// readWorld reads the file world.json of a rehearsal.
func readWorld(file string) (*Stack, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s, err := FromWorld(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return s, nil
}

// FromWorld returns a stack from the simulated account alone, in the JSON of world.json. The stack may be incomplete:
// what the account does not have yet or no longer is empty. Name, Objects, Release, Plan and Paths are not set.
func FromWorld(world []byte) (*Stack, error) {
	w := &World{}
	if err := json.Unmarshal(world, w); err != nil {
		return nil, err
	}
	s := &Stack{Account: w.Account, Region: w.Region, Partition: PartitionOf(w.Region), World: w}
	vpc := ""
	for _, o := range w.All(vpcType, (*Object).ofProgram) {
		vpc = o.ID
	}
	for _, o := range w.All(clusterType) {
		s.Cluster, vpc = newCluster(o), o.Text("vpcConfig.vpcId")
	}
	s.Network = w.network(vpc)
	s.SecurityGroups, s.Identity, s.Nodes = w.securityGroups(), w.identity(), w.nodes()
	s.Certificates, s.ElasticIPs = w.certificates(), w.elasticIPs()
	s.HostedZones, s.Records = w.hostedZones(), w.records()
	s.PrefixLists = w.prefixLists()
	return s, nil
}

// PartitionOf returns the partition of a region as in ARNs
// (docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
func PartitionOf(region string) string {
	for prefix, partition := range map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov"} {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return "aws"
}

// checkComplete returns an error for a folder whose rehearsal was killed: its last changes are in journals, which the
// next command of rehearse compacts.
func checkComplete(dir string) error {
	for _, name := range []string{"state.journal", "world.journal"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%s: the last rehearsal was killed (there is a %s): run bin/rehearse up -dir %[1]s", dir, name)
		}
	}
	return nil
}

// withCommand adds the command that writes missing or replaces unreadable files to an error.
func withCommand(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: bin/rehearse up -dir %s writes state.json and world.json, bin/eksnet plan -json and path -json write the others", err, dir)
	}
	return fmt.Errorf("%w: remove %s and rehearse again", err, dir)
}

// resource is a resource in the state. Its inputs are read from the simulated account, where secrets are in plain text.
type resource struct{ URN, Type, ID string }

// stack returns the stack's name in the URN: urn:pulumi:STACK::….
func (r resource) stack() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URN, "urn:pulumi:"), "::")
	return name
}

// readOrder reads the state's resources, which are in the order of their creation.
func readOrder(file string) ([]resource, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var state struct {
		Deployment struct{ Resources []resource }
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return state.Deployment.Resources, nil
}

// find returns the Kubernetes object of a resource in the state, nil for an AWS resource.
func (w *World) find(r resource) *Object {
	if !strings.HasPrefix(r.Type, "kubernetes:") {
		return nil
	}
	return w.Find(r.Type, r.ID)
}

// add adds an object of the program.
func (s *Stack) add(o *Object) {
	switch {
	case o == nil:
	case o.Type == releaseType:
		values, _ := o.Inputs["values"].(map[string]any)
		release := Release{Namespace: o.Text("namespace"), Name: o.Text("name"), Chart: o.Text("chart"), Version: o.Text("version"),
			Repository: o.Text("repositoryOpts.repo"), Values: values, Place: len(s.Objects)}
		if found, _ := charts.Named(release.Chart); found.Name == charts.LoadBalancerController {
			s.Release = release
		} else {
			s.OtherReleases = append(s.OtherReleases, release)
		}
	case strings.HasSuffix(o.Type, patchSuffix):
		s.Objects = append(s.Objects, newPatch(o))
	default:
		s.Objects = append(s.Objects, &unstructured.Unstructured{Object: o.Inputs})
	}
}

func newCluster(o *Object) Cluster {
	c := Cluster{Name: o.ID, ARN: o.Text("arn"), Version: o.Text("version"), ServiceCIDR: o.Text("kubernetesNetworkConfig.serviceIpv4Cidr"), RoleARN: o.Text("roleArn"),
		Subnets: o.Texts("vpcConfig.subnetIds"), SecurityGroup: o.Text("vpcConfig.clusterSecurityGroupId")}
	if o.Text("kubernetesNetworkConfig.ipFamily") == "ipv6" {
		c.IPv6, c.ServiceCIDR = true, o.Text("kubernetesNetworkConfig.serviceIpv6Cidr")
	}
	for _, identity := range o.Items("identities") {
		for _, oidc := range (&Object{Outputs: identity}).Items("oidcs") {
			c.Issuer, _ = oidc["issuer"].(string)
		}
	}
	return c
}
