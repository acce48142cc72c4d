package scenario_test

import "testing"

// The types of the promises below.
const (
	vpc         = "aws:ec2/vpc:Vpc"
	subnet      = "aws:ec2/subnet:Subnet"
	association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	route       = "aws:ec2/route:Route"
	gateway     = "aws:ec2/internetGateway:InternetGateway"
	nat         = "aws:ec2/natGateway:NatGateway"
	address     = "aws:ec2/eip:Eip"
	template    = "aws:ec2/launchTemplate:LaunchTemplate"
	role        = "aws:iam/role:Role"
	attachment  = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	oidc        = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	logGroup    = "aws:cloudwatch/logGroup:LogGroup"
	eksCluster  = "aws:eks/cluster:Cluster"
	nodeGroup   = "aws:eks/nodeGroup:NodeGroup"
	addon       = "aws:eks/addon:Addon"
	accessEntry = "aws:eks/accessEntry:AccessEntry"
	accessRight = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	release     = "kubernetes:helm.sh/v3:Release"
	account     = "kubernetes:core/v1:ServiceAccount"
	namespace   = "kubernetes:core/v1:Namespace"
	deployment  = "kubernetes:apps/v1:Deployment"
	service     = "kubernetes:core/v1:Service"
)

// What comes later up is removed earlier down, so each promise holds in both directions.

func TestNATGatewaysKeepTheInternetGatewayAndItsRoutes(t *testing.T) {
	local(t).after(t, nat, "", gateway, "")
	local(t).after(t, nat, "", route, "public")
	local(t).after(t, address, "", gateway, "")
}

func TestWhateverIsInASubnetHasItsRouteTable(t *testing.T) {
	local(t).after(t, nat, "2a", association, "public-ap-northeast-2a")
	local(t).after(t, nodeGroup, "", association, "private")
}

func TestTheControlPlaneDoesNotWaitForNAT(t *testing.T) {
	local(t).beside(t, eksCluster, "", nat, "")
	local(t).beside(t, eksCluster, "", route, "")
}

func TestTheControlPlaneWritesIntoALogGroupOfOurs(t *testing.T) {
	local(t).after(t, eksCluster, "", logGroup, "")
}

func TestTheControlPlaneKeepsItsPermissions(t *testing.T) {
	local(t).after(t, eksCluster, "", attachment, "eksRole")
}

func TestNodesWaitForTheCNI(t *testing.T) {
	local(t).after(t, nodeGroup, "", addon, "vpc-cni")
}

func TestNodesHaveAWayOutWhileTheyAreThere(t *testing.T) {
	local(t).after(t, nodeGroup, "", nat, "")
	local(t).after(t, nodeGroup, "", route, "private")
}

func TestNodesKeepTheirPermissionsAndTheirAccessEntry(t *testing.T) {
	local(t).after(t, nodeGroup, "", attachment, "local-node")
	local(t).after(t, nodeGroup, "", accessEntry, "defaultNodeGroupInstanceRole")
}

func TestTheCNIKeepsItsPermissions(t *testing.T) {
	local(t).after(t, addon, "vpc-cni", attachment, "vpc-cni")
	local(t).after(t, addon, "vpc-cni", oidc, "")
}

func TestCoreDNSWaitsForNodes(t *testing.T) {
	local(t).after(t, addon, "coredns", nodeGroup, "")
}

func TestKubeProxyIsThereBesideTheNodes(t *testing.T) {
	local(t).beside(t, addon, "kube-proxy", nodeGroup, "")
}

func TestTheControllerHasEverythingItNeedsWhileItIsThere(t *testing.T) {
	g := local(t)
	g.after(t, release, "", account, "lbc")
	g.after(t, release, "", attachment, "lbc")
	g.after(t, release, "", oidc, "")
	g.after(t, release, "", addon, "coredns")
	g.after(t, release, "", addon, "kube-proxy")
	g.after(t, release, "", nodeGroup, "")
	g.after(t, release, "", route, "private")
}

func TestTheControllerKeepsItsPermissionsUntilLoadBalancersAreGone(t *testing.T) {
	local(t).after(t, service, "", release, "")
	local(t).after(t, service, "", attachment, "lbc")
}

func TestPodsAreThereBeforeTheLoadBalancerAndUntilItIsGone(t *testing.T) {
	local(t).after(t, service, "echo-nlb", deployment, "echo")
}

func TestApplicationsWaitForNodesButNotForTheController(t *testing.T) {
	local(t).after(t, deployment, "", nodeGroup, "")
	local(t).beside(t, deployment, "", release, "")
}

func TestAdminsKeepAccessUntilTheLastKubernetesObjectIsGone(t *testing.T) {
	for _, typ := range []string{namespace, deployment, service, account, release} {
		local(t).after(t, typ, "", accessEntry, "platform-admin")
		local(t).after(t, typ, "", accessRight, "platform-admin")
	}
}
