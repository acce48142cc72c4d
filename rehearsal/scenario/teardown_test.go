package scenario_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eksnet/internal/leftover"
	"eksnet/rehearsal/world/store"
)

// untaggedTypes are the types without tags on AWS, or without tags that docs/teardown.md searches for: they are
// deleted with the resource that they belong to.
var untaggedTypes = []string{
	"aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation", "aws:ec2/securityGroupRule:SecurityGroupRule",
	"aws:ec2/networkAcl:NetworkAcl", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:kms/alias:Alias",
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
}

// findableTags are the tags by which docs/teardown.md finds what is left of stack local.
var findableTags = map[string]string{
	"eksnet/stack": "local", "elbv2.k8s.aws/cluster": "local", "kubernetes.io/cluster/local": "owned", "cluster.k8s.amazonaws.com/name": "local",
}

// listedTypes are types without tags that may remain after the resource that they belong to, and the command by which
// the guide lists them.
var listedTypes = map[string]string{"aws:ec2/subnetCidrReservation:SubnetCidrReservation": "aws ec2 get-subnet-cidr-reservations --subnet-id"}

type existingObject struct {
	Type, ID, Owner, Cluster string
	Outputs                  struct {
		Tags        map[string]string
		Name        string
		Description string
		Instance    string
	}
}

func TestTheTeardownGuideFindsEveryExistingResource(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "teardown.md"))
	if err != nil {
		t.Fatal(err)
	}
	for tag := range findableTags {
		if name, _, _ := strings.Cut(tag, "/local"); !strings.Contains(string(page), "Key="+name) {
			t.Errorf("the guide does not look for the tag %s", tag)
		}
	}
	r := openRehearsal(t)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatal(up.Error)
	}
	text, err := os.ReadFile(filepath.Join(r.Dir, "world.json"))
	if err != nil {
		t.Fatal(err)
	}
	var world struct{ Objects []existingObject }
	if err := json.Unmarshal(text, &world); err != nil {
		t.Fatal(err)
	}
	for _, o := range world.Objects {
		if o.Cluster == "" && o.Owner != "vpc" && !slices.Contains(untaggedTypes, o.Type) && !isFound(string(page), o) {
			t.Errorf("the guide does not find %s %s (owner %q, description %q, tags %v)", o.Type, o.ID, o.Owner, o.Outputs.Description, o.Outputs.Tags)
		}
		if why := isRecognized(o); why != "" {
			t.Errorf("%s %s (owner %q, tags %v): %s", o.Type, o.ID, o.Owner, o.Outputs.Tags, why)
		}
	}
}

// creators are the names that the table of leftovers has for owners of the simulated account.
var creators = map[string][]string{
	"":                    {"stack"},
	"eks":                 {"EKS", "node group of EKS", "stack"},
	"vpc-cni":             {"VPC CNI"},
	store.ControllerOwner: {"load balancer controller"},
	store.CloudOwner:      {"cloud controller of EKS"},
}

// isRecognized returns why the table of leftovers does not recognize a tagged object as one of its owner, "" if it
// does.
func isRecognized(o existingObject) string {
	kind, known := leftover.KindOf(o.Type)
	if o.Cluster != "" || !known || kind.Confirm == "" || len(o.Outputs.Tags) == 0 {
		return ""
	}
	key, found := leftover.Subject{Stack: "local", Cluster: "local"}.Match(leftover.Resource{Type: o.Type, Name: o.Outputs.Name, Description: o.Outputs.Description, Tags: o.Outputs.Tags})
	if !found || !slices.Contains(creators[o.Owner], key.Creator) {
		return fmt.Sprintf("the table of leftovers recognizes it as one of %q", key.Creator)
	}
	return ""
}

// isFound reports whether an object has one of the tags that the guide searches for, is of a type that it lists, or
// has a description that it names.
func isFound(page string, o existingObject) bool {
	for tag, value := range findableTags {
		if o.Outputs.Tags[tag] == value {
			return true
		}
	}
	if command, none := listedTypes[o.Type]; none {
		return strings.Contains(page, command)
	}
	if o.Outputs.Instance != "" || (o.Owner == "eks" && strings.HasSuffix(o.Type, ":AccessEntry")) {
		return true // is deleted with its instance or with its cluster
	}
	first, _, _ := strings.Cut(o.Outputs.Description, "/")
	first = strings.ReplaceAll(first, "local", "CLUSTER")
	if at := strings.Index(first, "nat-"); at > 0 {
		first = first[:at+len("nat-")]
	}
	return o.Outputs.Description != "" && strings.Contains(page, "`"+first)
}
