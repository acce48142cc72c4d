package world

import (
	"strings"
	"testing"
)

// nodeadm returns user data of AL2023 with a document of a kind, and more lines of its spec.
func nodeadm(kind, spec string) string {
	return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\nContent-Type: application/node.eks.aws\n\n" +
		"apiVersion: node.eks.aws/v1alpha1\nkind: " + kind + "\nspec:\n  kubelet: {config: {maxPods: 58}}\n" + spec + "\n--//--\n"
}

// endpoint creates an interface endpoint of a service in the private subnets, with a security group.
func (l *lab) endpoint(service, group string) {
	l.t.Helper()
	l.make(service, endpointType, Properties{"vpcId": l.ids["vpc"], "serviceName": "com.amazonaws." + l.world.region + "." + service, "vpcEndpointType": "Interface",
		"subnetIds": []any{l.ids["private-a"], l.ids["private-b"]}, "privateDnsEnabled": true, "securityGroupIds": []any{l.ids[group]}})
}

// endpoints creates endpoints of services that allow the VPC, and S3's gateway.
func (l *lab) endpoints(services ...string) *lab {
	l.t.Helper()
	l.make("open", securityGroupType, Properties{"name": "open", "vpcId": l.ids["vpc"], "ingress": []any{
		Properties{"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": []any{"10.0.0.0/16"}}}})
	for _, service := range services {
		l.endpoint(service, "open")
	}
	l.make("s3", endpointType, Properties{"vpcId": l.ids["vpc"], "serviceName": "com.amazonaws." + l.world.region + ".s3", "routeTableIds": []any{l.ids["private"]}})
	return l
}

// isolated creates a cluster without NAT, with the endpoints that nodes need.
func isolated(t *testing.T) *kubeLab {
	t.Helper()
	l := newLab(t)
	l.world.options.Chart = chartFolder()
	l.clusterUp().cni()
	l.world.drop(l.object(routeType, "to-nat"))
	l.endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
	l.make("general", nodeGroupType, l.groupInputs())
	return &kubeLab{l, l.dial(l.kubeconfig())}
}

func TestNodesWithoutNATJoinThroughEndpoints(t *testing.T) {
	k := isolated(t)
	if nodes := k.world.readyNodes("dev"); len(nodes) != 2 {
		t.Errorf("%d nodes are ready", len(nodes))
	}
	k.make("coredns", addonType, k.addonInputs("coredns"))
}

func TestWithoutNATImagesOfTheAccountsRegistryArePulledAndPublicOnesAreNot(t *testing.T) {
	k := isolated(t)
	public := k.create(deploymentType, web())
	refused(t, public, imageReached)
	k.remove(deploymentType, "default/web")
	own := web()
	container(own)["image"] = "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/web:1"
	k.must(k.create(deploymentType, own))
	k.remove(deploymentType, "default/web")
	container(own)["image"] = "111122223333.dkr.ecr.us-east-1.amazonaws.com/web:1"
	refused(t, k.create(deploymentType, own), imageReached)
}

func TestBottlerocketReadsItsPodLimit(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	l.make("lt", launchTemplateType, Properties{"userData": encoded("[settings.kubernetes]\nmax-pods = 21\nshutdown-grace-period = \"45s\"\n")})
	in := with(with(l.groupInputs(), "amiType", "BOTTLEROCKET_ARM_64"), "launchTemplate", Properties{"id": l.ids["lt"], "version": "1"})
	l.make("rocket", nodeGroupType, in)
	for _, node := range l.world.readyNodes("dev") {
		if node.number("maxPods") != 21 {
			t.Errorf("%s accepts %d pods", node.ID, node.number("maxPods"))
		}
	}
}

func TestNodesInPublicSubnetsJoinWithTheirPublicAddresses(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	l.make("edge", nodeGroupType, with(l.groupInputs(), "subnetIds", []any{l.ids["public-a"], l.ids["public-b"]}))
	for _, node := range l.world.readyNodes("dev") {
		if node.text("publicIP") == "" {
			t.Errorf("%s has no public address", node.ID)
		}
	}
	if len(l.world.readyNodes("dev")) != 2 {
		t.Error("nodes are missing")
	}
}

func TestASpotNodeGroupOfSeveralTypesHasTheLowestPodLimit(t *testing.T) {
	l := newLab(t).clusterUp().cni()
	in := with(with(l.groupInputs(), "capacityType", "SPOT"), "instanceTypes", []any{"m7g.large", "c6gd.medium", "i4g.large"})
	l.make("spot", nodeGroupType, in)
	for _, node := range l.world.readyNodes("dev") {
		if node.number("maxPods") != 8 || node.labels()["eks.amazonaws.com/capacityType"] != "SPOT" {
			t.Errorf("%s: %d pods, %v", node.ID, node.number("maxPods"), node.labels())
		}
	}
}

func TestTheSecurityGroupOfAnEndpointCannotBeDeletedBeforeIt(t *testing.T) {
	l := newLab(t).network().endpoints("ecr.api")
	if err := l.delete(securityGroupType, "open"); ruleOf(err) != groupUnused {
		t.Errorf("its security group: %v", err)
	}
	if err := l.delete(subnetType, "private-b"); ruleOf(err) != subnetEmpty {
		t.Errorf("its subnet: %v", err)
	}
	if err := l.delete(endpointType, "ecr.api"); err != nil {
		t.Error(err)
	}
	if err := l.delete(securityGroupType, "open"); err != nil {
		t.Error(err)
	}
}

func TestEndpointsInChinaHaveTheNamesOfEC2(t *testing.T) {
	w := New(Options{Verify: *verify, Account: account})
	client, err := w.AWS(AWSConfig{Region: "cn-northwest-1"})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t, w, client, map[string]string{}}
	l.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	l.make("subnet", subnetType, Properties{"vpcId": l.ids["vpc"], "cidrBlock": "10.0.0.0/24", "availabilityZone": "cn-northwest-1a"})
	l.make("table", routeTableType, Properties{"vpcId": l.ids["vpc"]})
	l.make("s3", endpointType, Properties{"vpcId": l.ids["vpc"], "serviceName": "com.amazonaws.cn-northwest-1.s3", "routeTableIds": []any{l.ids["table"]}})
	for service, accepted := range map[string]bool{
		"cn.com.amazonaws.cn-northwest-1.s3": true, "com.amazonaws.cn-northwest-1.s3": false,
		"cn.com.amazonaws.cn-northwest-1.ecr.api": true, "com.amazonaws.cn-northwest-1.ecr.api": false,
		"com.amazonaws.cn-northwest-1.logs": true, "cn.com.amazonaws.cn-northwest-1.logs": false, "com.amazonaws.cn-northwest-1.eks-auth": false,
	} {
		_, err := l.try(endpointType, Properties{"vpcId": l.ids["vpc"], "serviceName": service, "vpcEndpointType": "Interface",
			"subnetIds": []any{l.ids["subnet"]}, "privateDnsEnabled": true})
		if (err == nil) != accepted || err != nil && ruleOf(err) != endpointService {
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
		if err := ownedByEKS(image, region); (err == nil) != kept {
			t.Errorf("%s: %v", image, err)
		}
	}
}
