package scenario_test

import "testing"

// Resource types of the tests below.
const (
	vpc           = "aws:ec2/vpc:Vpc"
	subnet        = "aws:ec2/subnet:Subnet"
	association   = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	route         = "aws:ec2/route:Route"
	gateway       = "aws:ec2/internetGateway:InternetGateway"
	nat           = "aws:ec2/natGateway:NatGateway"
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"
	address       = "aws:ec2/eip:Eip"
	template      = "aws:ec2/launchTemplate:LaunchTemplate"
	role          = "aws:iam/role:Role"
	attachment    = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	oidc          = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
	logGroup      = "aws:cloudwatch/logGroup:LogGroup"
	eksCluster    = "aws:eks/cluster:Cluster"
	nodeGroup     = "aws:eks/nodeGroup:NodeGroup"
	addon         = "aws:eks/addon:Addon"
	accessEntry   = "aws:eks/accessEntry:AccessEntry"
	accessRight   = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
	release       = "kubernetes:helm.sh/v3:Release"
	account       = "kubernetes:core/v1:ServiceAccount"
	namespace     = "kubernetes:core/v1:Namespace"
	deployment    = "kubernetes:apps/v1:Deployment"
	service       = "kubernetes:core/v1:Service"
)

// A resource that is created later is deleted earlier, so each test covers both directions.

func TestNATGatewaysAreDeletedBeforeTheInternetGatewayAndItsRoutes(t *testing.T) {
	localGraph(t).mustComeAfter(t, nat, "", gateway, "")
	localGraph(t).mustComeAfter(t, nat, "", route, "public")
	localGraph(t).mustComeAfter(t, address, "", gateway, "")
}

func TestEverythingInASubnetComesAfterItsRouteTable(t *testing.T) {
	localGraph(t).mustComeAfter(t, nat, "2a", association, "public-ap-northeast-2a")
	localGraph(t).mustComeAfter(t, nodeGroup, "", association, "private")
}

func TestTheControlPlaneDoesNotWaitForNAT(t *testing.T) {
	localGraph(t).mustNotWait(t, eksCluster, "", nat, "")
	localGraph(t).mustNotWait(t, eksCluster, "", route, "")
}

func TestTheControlPlaneWritesToTheLogGroupOfTheStack(t *testing.T) {
	localGraph(t).mustComeAfter(t, eksCluster, "", logGroup, "")
}

func TestTheControlPlaneKeepsItsPermissions(t *testing.T) {
	localGraph(t).mustComeAfter(t, eksCluster, "", attachment, "eksRole")
}

func TestNodesWaitForTheCNI(t *testing.T) {
	localGraph(t).mustComeAfter(t, nodeGroup, "", addon, "vpc-cni")
}

func TestNodesHaveInternetAccessWhileTheyExist(t *testing.T) {
	localGraph(t).mustComeAfter(t, nodeGroup, "", nat, "")
	localGraph(t).mustComeAfter(t, nodeGroup, "", route, "private")
}

func TestNodesKeepTheirPermissionsAndTheirAccessEntry(t *testing.T) {
	localGraph(t).mustComeAfter(t, nodeGroup, "", attachment, "local-node")
	localGraph(t).mustComeAfter(t, nodeGroup, "", accessEntry, "defaultNodeGroupInstanceRole")
}

func TestTheCNIKeepsItsPermissions(t *testing.T) {
	localGraph(t).mustComeAfter(t, addon, "vpc-cni", attachment, "vpc-cni")
	localGraph(t).mustComeAfter(t, addon, "vpc-cni", oidc, "")
}

func TestCoreDNSWaitsForNodes(t *testing.T) {
	localGraph(t).mustComeAfter(t, addon, "coredns", nodeGroup, "")
}

func TestNodesHaveKubeProxyWhileTheyExist(t *testing.T) {
	localGraph(t).mustComeAfter(t, nodeGroup, "", addon, "kube-proxy")
}

func TestTheControllerHasEverythingItNeedsWhileItExists(t *testing.T) {
	g := localGraph(t)
	g.mustComeAfter(t, release, "", account, "lbc")
	g.mustComeAfter(t, release, "", attachment, "lbc")
	g.mustComeAfter(t, release, "", oidc, "")
	g.mustComeAfter(t, release, "", addon, "coredns")
	g.mustComeAfter(t, release, "", addon, "kube-proxy")
	g.mustComeAfter(t, release, "", nodeGroup, "")
	g.mustComeAfter(t, release, "", route, "private")
}

// The network interfaces of deleted load balancers use the security group for some minutes, so only the VPC waits for
// its deletion.
func TestTheSecurityGroupThatLoadBalancersShareIsDeletedAfterTheControllerAndBeforeTheVPC(t *testing.T) {
	g := localGraph(t)
	g.mustComeAfter(t, release, "", securityGroup, "lbc-backend")
	g.mustComeAfter(t, securityGroup, "lbc-backend", vpc, "")
	for _, typ := range []string{eksCluster, nodeGroup, nat, association, oidc} {
		g.mustNotWait(t, securityGroup, "lbc-backend", typ, "")
	}
}

func TestTheControllerKeepsItsPermissionsUntilLoadBalancersAreDeleted(t *testing.T) {
	localGraph(t).mustComeAfter(t, service, "", release, "")
	localGraph(t).mustComeAfter(t, service, "", attachment, "lbc")
}

func TestPodsAreCreatedBeforeTheLoadBalancerAndDeletedAfterIt(t *testing.T) {
	localGraph(t).mustComeAfter(t, service, "echo-nlb", deployment, "echo")
}

func TestApplicationsWaitForNodesButNotForTheController(t *testing.T) {
	localGraph(t).mustComeAfter(t, deployment, "", nodeGroup, "")
	localGraph(t).mustNotWait(t, deployment, "", release, "")
}

func TestAdminsKeepAccessUntilTheLastKubernetesObjectIsDeleted(t *testing.T) {
	for _, typ := range []string{namespace, deployment, service, account, release} {
		localGraph(t).mustComeAfter(t, typ, "", accessEntry, "platform-admin")
		localGraph(t).mustComeAfter(t, typ, "", accessRight, "platform-admin")
	}
}
