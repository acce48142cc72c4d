package scenario_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"eksnet/rehearsal/providers/schema"
)

func TestEveryResourceBelongsToAComponent(t *testing.T) {
	for _, r := range localGraph(t) {
		if r.Custom && !strings.HasPrefix(string(r.Type), "pulumi:providers:") && strings.HasSuffix(string(r.Parent), "::pulumi:pulumi:Stack::eksnet-local") {
			t.Errorf("%s %s has the stack as its parent", r.Type, r.URN.Name())
		}
	}
}

// The guard is the provider's list of allowed accounts: without it the provider would use any account.
func TestEveryAWSResourceUsesTheGuardedProvider(t *testing.T) {
	for _, r := range localGraph(t) {
		if strings.HasPrefix(string(r.Type), "aws:") && !strings.Contains(r.Provider, "pulumi:providers:aws::aws::") {
			t.Errorf("%s %s is made by %s", r.Type, r.URN.Name(), r.Provider)
		}
	}
	guard := localGraph(t).find(t, "pulumi:providers:aws", "aws")[0].Inputs
	if fmt.Sprint(guard["allowedAccountIds"]) != "[000000000000]" {
		t.Errorf("the provider may build in the accounts %v", guard["allowedAccountIds"])
	}
}

func TestEveryKubernetesObjectUsesTheProviderOfTheCluster(t *testing.T) {
	for _, r := range localGraph(t) {
		if strings.HasPrefix(string(r.Type), "kubernetes:") && !strings.Contains(r.Provider, "pulumi:providers:kubernetes::local::") {
			t.Errorf("%s %s is made by %s", r.Type, r.URN.Name(), r.Provider)
		}
	}
	provider := localGraph(t).find(t, "pulumi:providers:kubernetes", "local")
	for _, p := range provider {
		if p.URN.Name() == "local" && p.Inputs["clusterIdentifier"] != "arn:aws:eks:ap-northeast-2:000000000000:cluster/local" {
			t.Errorf("the provider's cluster is %v", p.Inputs["clusterIdentifier"])
		}
	}
}

func TestSubnetsHaveTheTagsThatLoadBalancerDiscoveryNeeds(t *testing.T) {
	for name, tag := range map[string]string{"public": "kubernetes.io/role/elb", "private": "kubernetes.io/role/internal-elb"} {
		subnets := localGraph(t).find(t, subnet, name)
		if len(subnets) != 3 {
			t.Errorf("%d %s subnets in three zones", len(subnets), name)
		}
		for _, s := range subnets {
			tags, _ := s.Inputs["tags"].(map[string]any)
			if tags[tag] != "1" {
				t.Errorf("%s has the tags %v, and not %s", s.URN.Name(), tags, tag)
			}
		}
	}
}

func TestEKSInstallsNothingThatTheAddOnsWouldOverwrite(t *testing.T) {
	for _, c := range localGraph(t).find(t, "aws:eks/cluster:Cluster", "") {
		if c.Inputs["bootstrapSelfManagedAddons"] != false {
			t.Errorf("bootstrapSelfManagedAddons of %s is %v", c.URN.Name(), c.Inputs["bootstrapSelfManagedAddons"])
		}
	}
}

// The eks component always creates a security group for nodes, which those of the stack do not use.
func TestTheRulesOfTheUnusedSecurityGroupMatchNoTraffic(t *testing.T) {
	rules := 0
	for _, r := range localGraph(t).find(t, "aws:ec2/securityGroupRule:SecurityGroupRule", "") {
		name, open := string(r.URN.Name()), r.Inputs["self"] == true || r.Inputs["sourceSecurityGroupId"] != nil
		if name == "local-eksClusterInternetEgressRule" {
			continue
		}
		rules++
		if open || fmt.Sprint(r.Inputs["cidrBlocks"]) != "[127.0.0.1/32]" {
			t.Errorf("%s allows %v, self %v, group %v", name, r.Inputs["cidrBlocks"], r.Inputs["self"], r.Inputs["sourceSecurityGroupId"])
		}
	}
	if rules != 5 {
		t.Errorf("%d rules", rules)
	}
	for _, group := range localGraph(t).find(t, securityGroup, "nodeSecurityGroup") {
		if tags, _ := group.Inputs["tags"].(map[string]any); tags["kubernetes.io/cluster/local"] != nil {
			t.Errorf("the group has the tags %v", tags)
		}
	}
}

func TestEveryAWSResourceThatSupportsTagsHasThoseOfTheStack(t *testing.T) {
	tagged := 0
	for _, r := range localGraph(t) {
		typ, err := schema.ForResource(string(r.Type))
		if err != nil || !strings.HasPrefix(string(r.Type), "aws:") || !typ.Accepts("tags") || !typ.Has("tagsAll") {
			continue
		}
		tagged++
		if tags, _ := r.Inputs["tags"].(map[string]any); tags["eksnet/stack"] != "local" {
			t.Errorf("%s %s has the tags %v", r.Type, r.URN.Name(), tags)
		}
	}
	if tagged < 30 {
		t.Errorf("%d resources support tags", tagged)
	}
}

func TestAStackWithoutAnALBHasTheIngressClassOfIngressesThatAreCreatedByHand(t *testing.T) {
	g := localGraph(t)
	class := g.find(t, "kubernetes:networking.k8s.io/v1:IngressClass", "")
	if name := class[0].Inputs["metadata"].(map[string]any)["name"]; name != "alb" {
		t.Errorf("the class is %v", name)
	}
}

func TestTheVPCHasNames(t *testing.T) {
	inputs := localGraph(t).find(t, vpc, "")[0].Inputs
	if inputs["enableDnsSupport"] != true || inputs["enableDnsHostnames"] != true {
		t.Errorf("DNS support %v, DNS hostnames %v", inputs["enableDnsSupport"], inputs["enableDnsHostnames"])
	}
}

func TestTheDefaultSecurityGroupHasNoRules(t *testing.T) {
	inputs := localGraph(t).find(t, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "")[0].Inputs
	if inputs["ingress"] != nil || inputs["egress"] != nil {
		t.Errorf("ingress %v, egress %v", inputs["ingress"], inputs["egress"])
	}
}

func TestNodesAreLockedDown(t *testing.T) {
	inputs := localGraph(t).find(t, template, "")[0].Inputs
	text, _ := json.Marshal(inputs)
	for _, part := range []string{
		`"httpTokens":"required"`, `"httpPutResponseHopLimit":1`, `"encrypted":"true"`, `"volumeType":"gp3"`,
		`"resourceType":"instance"`, `"resourceType":"volume"`, `"team":"platform"`,
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the launch template has no %s: %s", part, text)
		}
	}
	for _, key := range []string{"vpcSecurityGroupIds", "securityGroupNames", "networkInterfaces"} {
		if inputs[key] != nil {
			t.Errorf("the launch template names %s: nodes would not wear the cluster's security group", key)
		}
	}
}

func TestTheKubeconfigIsASecret(t *testing.T) {
	for _, r := range localGraph(t) {
		if kubeconfig, has := r.Outputs["kubeconfig"]; has && r.Type == "pulumi:pulumi:Stack" {
			if text, _ := json.Marshal(kubeconfig); strings.Contains(string(text), "get-token") {
				t.Errorf("the state holds it in the clear: %s", text)
			}
			return
		}
	}
	t.Error("the stack has no output kubeconfig")
}
