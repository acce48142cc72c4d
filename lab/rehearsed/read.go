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
	world, err := readWorld(filepath.Join(dir, "world.json"))
	if err != nil {
		return nil, withCommand(dir, err)
	}
	s := &Stack{Account: world.Account, Region: world.Region, World: world, Plan: &Plan{}}
	if err := errors.Join(readJSON(filepath.Join(dir, "plan.json"), s.Plan), readJSON(filepath.Join(dir, "paths.json"), &s.Paths)); err != nil {
		return nil, withCommand(dir, err)
	}
	for _, o := range world.All("aws:eks/cluster:Cluster") {
		s.Cluster = newCluster(o)
		s.Partition = strings.Split(o.Text("arn"), ":")[1]
		s.Network = world.network(o.Text("vpcConfig.vpcId"))
	}
	if s.Cluster.Name == "" {
		return nil, fmt.Errorf("%s: the rehearsal has no cluster: create one with bin/rehearse up -dir %[1]s", dir)
	}
	s.SecurityGroups, s.Identity, s.Nodes = world.securityGroups(), world.identity(), world.nodes()
	s.Certificates, s.ElasticIPs = world.certificates(), world.elasticIPs()
	for _, resource := range order {
		s.Name = resource.stack()
		s.add(world.find(resource))
	}
	return s, nil
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
		s.Release = Release{Namespace: o.Text("namespace"), Name: o.Text("name"), Chart: o.Text("chart"), Version: o.Text("version"),
			Repository: o.Text("repositoryOpts.repo"), Values: values, Place: len(s.Objects)}
	default:
		s.Objects = append(s.Objects, &unstructured.Unstructured{Object: o.Inputs})
	}
}

func newCluster(o *Object) Cluster {
	c := Cluster{Name: o.ID, Version: o.Text("version"), ServiceCIDR: o.Text("kubernetesNetworkConfig.serviceIpv4Cidr"), RoleARN: o.Text("roleArn"),
		Subnets: o.Texts("vpcConfig.subnetIds"), SecurityGroup: o.Text("vpcConfig.clusterSecurityGroupId")}
	for _, identity := range o.Items("identities") {
		for _, oidc := range (&Object{Outputs: identity}).Items("oidcs") {
			c.Issuer, _ = oidc["issuer"].(string)
		}
	}
	return c
}
