package node_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// isolated creates a cluster without NAT, with the endpoints that nodes need.
func isolated(t *testing.T) *worldtest.KubeLab {
	t.Helper()
	l := worldtest.NewLab(t)
	l.World.Options.Charts = worldtest.Charts()
	l.ClusterUp().CNI()
	l.World.Drop(l.Object(store.RouteType, "to-nat"))
	l.Endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	return &worldtest.KubeLab{Lab: l, Kube: l.Dial(l.Kubeconfig())}
}

func TestNodesWithoutNATJoinThroughEndpoints(t *testing.T) {
	k := isolated(t)
	if nodes := nodepkg.ReadyNodes(k.World.Account, "dev"); len(nodes) != 2 {
		t.Errorf("%d nodes are ready", len(nodes))
	}
	k.Make("coredns", store.AddonType, k.AddonInputs("coredns"))
}

func TestWithoutNATImagesOfTheAccountsRegistryArePulledAndPublicOnesAreNot(t *testing.T) {
	k := isolated(t)
	public := k.Create(store.DeploymentType, worldtest.Web())
	worldtest.Refused(t, public, nodepkg.ImageReached)
	k.Remove(store.DeploymentType, "default/web")
	own := worldtest.Web()
	worldtest.Container(own)["image"] = "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/web:1"
	k.Must(k.Create(store.DeploymentType, own))
	k.Remove(store.DeploymentType, "default/web")
	worldtest.Container(own)["image"] = "111122223333.dkr.ecr.us-east-1.amazonaws.com/web:1"
	worldtest.Refused(t, k.Create(store.DeploymentType, own), nodepkg.ImageReached)
}

func TestBottlerocketReadsItsPodLimit(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp().CNI()
	l.Make("lt", store.LaunchTemplateType, store.Properties{"userData": eks.EncodeBase64("[settings.kubernetes]\nmax-pods = 21\nshutdown-grace-period = \"45s\"\n")})
	in := worldtest.With(worldtest.With(l.GroupInputs(), "amiType", "BOTTLEROCKET_ARM_64"), "launchTemplate", store.Properties{"id": l.IDs["lt"], "version": "1"})
	l.Make("rocket", store.NodeGroupType, in)
	for _, node := range nodepkg.ReadyNodes(l.World.Account, "dev") {
		if node.Number("maxPods") != 21 {
			t.Errorf("%s accepts %d pods", node.ID, node.Number("maxPods"))
		}
	}
}

func TestNodesInPublicSubnetsJoinWithTheirPublicAddresses(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp().CNI()
	l.Make("edge", store.NodeGroupType, worldtest.With(l.GroupInputs(), "subnetIds", []any{l.IDs["public-a"], l.IDs["public-b"]}))
	for _, node := range nodepkg.ReadyNodes(l.World.Account, "dev") {
		if node.Text("publicIP") == "" {
			t.Errorf("%s has no public address", node.ID)
		}
	}
	if len(nodepkg.ReadyNodes(l.World.Account, "dev")) != 2 {
		t.Error("nodes are missing")
	}
}

func TestASpotNodeGroupOfSeveralTypesHasTheLowestPodLimit(t *testing.T) {
	l := worldtest.NewLab(t).ClusterUp().CNI()
	in := worldtest.With(worldtest.With(l.GroupInputs(), "capacityType", "SPOT"), "instanceTypes", []any{"m7g.large", "c6gd.medium", "i4g.large"})
	l.Make("spot", store.NodeGroupType, in)
	for _, node := range nodepkg.ReadyNodes(l.World.Account, "dev") {
		if node.Number("maxPods") != 8 || kube.Labels(node)["eks.amazonaws.com/capacityType"] != "SPOT" {
			t.Errorf("%s: %d pods, %v", node.ID, node.Number("maxPods"), kube.Labels(node))
		}
	}
}

func TestTheSecurityGroupOfAnEndpointCannotBeDeletedBeforeIt(t *testing.T) {
	l := worldtest.NewLab(t).Network().Endpoints("ecr.api")
	if err := l.Delete(store.SecurityGroupType, "open"); worldtest.RuleOf(err) != ec2.GroupUnused {
		t.Errorf("its security group: %v", err)
	}
	if err := l.Delete(store.SubnetType, "private-b"); worldtest.RuleOf(err) != ec2.SubnetEmpty {
		t.Errorf("its subnet: %v", err)
	}
	if err := l.Delete(store.EndpointType, "ecr.api"); err != nil {
		t.Error(err)
	}
	if err := l.Delete(store.SecurityGroupType, "open"); err != nil {
		t.Error(err)
	}
}

func TestEndpointsInChinaHaveTheNamesOfEC2(t *testing.T) {
	w := world.New(store.Options{Verify: *worldtest.Verify, Account: worldtest.Account})
	client, err := w.AWS(world.AWSConfig{Region: "cn-northwest-1"})
	if err != nil {
		t.Fatal(err)
	}
	l := &worldtest.Lab{T: t, World: w, Client: client, IDs: map[string]string{}}
	l.Make("vpc", store.VPCType, store.Properties{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	l.Make("subnet", store.SubnetType, store.Properties{"vpcId": l.IDs["vpc"], "cidrBlock": "10.0.0.0/24", "availabilityZone": "cn-northwest-1a"})
	l.Make("table", store.RouteTableType, store.Properties{"vpcId": l.IDs["vpc"]})
	l.Make("s3", store.EndpointType, store.Properties{"vpcId": l.IDs["vpc"], "serviceName": "com.amazonaws.cn-northwest-1.s3", "routeTableIds": []any{l.IDs["table"]}})
	for service, accepted := range map[string]bool{
		"cn.com.amazonaws.cn-northwest-1.s3": true, "com.amazonaws.cn-northwest-1.s3": false,
		"cn.com.amazonaws.cn-northwest-1.ecr.api": true, "com.amazonaws.cn-northwest-1.ecr.api": false,
		"com.amazonaws.cn-northwest-1.logs": true, "cn.com.amazonaws.cn-northwest-1.logs": false, "com.amazonaws.cn-northwest-1.eks-auth": false,
	} {
		_, err := l.Try(store.EndpointType, store.Properties{"vpcId": l.IDs["vpc"], "serviceName": service, "vpcEndpointType": "Interface",
			"subnetIds": []any{l.IDs["subnet"]}, "privateDnsEnabled": true})
		if (err == nil) != accepted || err != nil && worldtest.RuleOf(err) != ec2.EndpointService {
			t.Errorf("%s: %v", service, err)
		}
	}
}

func TestEKSHasItsImagesInAnAccountOfTheRegion(t *testing.T) {
	for image, kept := range map[string]bool{
		"961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn/amazon/aws-load-balancer-controller:v3.2.2": true,
		"013241004608.dkr.ecr.us-gov-west-1.amazonaws.com/amazon/aws-load-balancer-controller:v3.2.2":     true,
		"602401143452.dkr.ecr.eu-central-1.amazonaws.com/amazon/aws-load-balancer-controller:v3.2.2":      true,
		"602401143452.dkr.ecr.cn-northwest-1.amazonaws.com.cn/amazon/aws-load-balancer-controller:v3.2.2": false,
		"961992271922.dkr.ecr.cn-northwest-1.amazonaws.com/amazon/aws-load-balancer-controller:v3.2.2":    false,
		"111122223333.dkr.ecr.eu-central-1.amazonaws.com/amazon/aws-load-balancer-controller:v3.2.2":      true,
	} {
		region := strings.Split(image, ".")[3]
		if err := nodepkg.OwnedByEKS(image, region); (err == nil) != kept {
			t.Errorf("%s: %v", image, err)
		}
	}
}
