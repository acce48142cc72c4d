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

// Read reads the folder of a rehearsal that ended with `rehearse up`, and beside it plan.json and paths.json, as `eksnet plan -json` and
// `eksnet path -json` print them.
func Read(dir string) (*Stack, error) {
	if err := complete(dir); err != nil {
		return nil, err
	}
	order, err := readOrder(filepath.Join(dir, "state.json"))
	if err != nil {
		return nil, readable(dir, err)
	}
	world, err := readWorld(filepath.Join(dir, "world.json"))
	if err != nil {
		return nil, readable(dir, err)
	}
	s := &Stack{Account: world.Account, Region: world.Region, World: world, Plan: &Plan{}}
	if err := errors.Join(readJSON(filepath.Join(dir, "plan.json"), s.Plan), readJSON(filepath.Join(dir, "paths.json"), &s.Paths)); err != nil {
		return nil, readable(dir, err)
	}
	for _, o := range world.All("aws:eks/cluster:Cluster") {
		s.Cluster = clusterOf(o)
		s.Partition = strings.Split(o.Text("arn"), ":")[1]
		s.Network = world.network(o.Text("vpcConfig.vpcId"))
	}
	if s.Cluster.Name == "" {
		return nil, fmt.Errorf("%s: no cluster stands there: bin/rehearse up -dir %[1]s makes it", dir)
	}
	s.SecurityGroups, s.Identity, s.Nodes = world.securityGroups(), world.identity(), world.nodes()
	s.Certificates, s.ElasticIPs = world.certificates(), world.elasticIPs()
	for _, resource := range order {
		s.Name = resource.stack()
		s.add(world.find(resource))
	}
	return s, nil
}

// complete refuses a folder whose rehearsal was killed: what it did last is in journals, which the next command of rehearse compacts.
func complete(dir string) error {
	for _, name := range []string{"state.journal", "world.journal"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%s: the last rehearsal did not end (there is a %s): run bin/rehearse up -dir %[1]s", dir, name)
		}
	}
	return nil
}

func readable(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: bin/rehearse up -dir %s makes state and world, bin/eksnet plan -json and path -json the others", err, dir)
	}
	return fmt.Errorf("%w: remove %s and rehearse again", err, dir)
}

// resource is one line of the state. The world has its inputs too, with secrets in the clear.
type resource struct{ URN, Type, ID string }

// stack is the stack's name: urn:pulumi:STACK::….
func (r resource) stack() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URN, "urn:pulumi:"), "::")
	return name
}

// readOrder reads the state's resources, which stand in the order in which they were made.
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

// find is what a line of the state stands for in the cluster, nil for what is not in one.
func (w *World) find(r resource) *Object {
	if !strings.HasPrefix(r.Type, "kubernetes:") {
		return nil
	}
	return w.Find(r.Type, r.ID)
}

// add takes an object of the program in.
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

func clusterOf(o *Object) Cluster {
	c := Cluster{Name: o.ID, Version: o.Text("version"), ServiceCIDR: o.Text("kubernetesNetworkConfig.serviceIpv4Cidr"), RoleARN: o.Text("roleArn"),
		Subnets: o.Texts("vpcConfig.subnetIds"), SecurityGroup: o.Text("vpcConfig.clusterSecurityGroupId")}
	for _, identity := range o.Items("identities") {
		for _, oidc := range (&Object{Outputs: identity}).Items("oidcs") {
			c.Issuer, _ = oidc["issuer"].(string)
		}
	}
	return c
}
