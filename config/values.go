package config

import (
	"regexp"
	"strings"
)

// Accepted values, as they are typed.
const (
	IPv4 = "ipv4"
	IPv6 = "ipv6"

	// SupportStandard and SupportExtended are EKS's support of a Kubernetes version in which a cluster stays.
	SupportStandard = "standard"
	SupportExtended = "extended"

	NATZone   = "zone"
	NATSingle = "single"
	NATNone   = "none"

	PodSubnetsCustom    = "customNetworking"
	PodSubnetsDiscovery = "discovery"

	// EndpointsAuto selects all endpoints that the stack needs.
	EndpointsAuto = "auto"

	// IRSA is IAM roles for service accounts, and PodIdentity is EKS Pod Identity.
	IRSA        = "irsa"
	PodIdentity = "podIdentity"

	PrivateSubnets = "private"
	PublicSubnets  = "public"

	OnDemand = "onDemand"
	Spot     = "spot"

	KindCLB = "clb"
	KindNLB = "nlb"
	KindALB = "alb"
	// KindGatewayNLB and KindGatewayALB are the load balancers of KindNLB and KindALB, created for a Gateway.
	KindGatewayNLB = "gateway-nlb"
	KindGatewayALB = "gateway-alb"
	// KindPolicy has no load balancer: it shows a NetworkPolicy at work.
	KindPolicy = "policy"
	// KindNetshoot has none either: it is pods with tools to look at the network from.
	KindNetshoot = "netshoot"
	// KindSpeed has none either: it is a server and clients to measure the speed between pods.
	KindSpeed = "speed"
	// KindMesh has none of its own: clients reach it through the gateway of the mesh.
	KindMesh = "mesh"

	AppEcho  = "echo"
	App2048  = "game-2048"
	AppNginx = "nginx"
	// AppNetshoot is that of KindNetshoot, and of no other kind.
	AppNetshoot = "netshoot"
	// AppIperf3 is that of KindSpeed, and of no other kind.
	AppIperf3 = "iperf3"
	// AppKubeOpsView is that of addons.kubeOpsView, and of no workload in a stack file.
	AppKubeOpsView = "kube-ops-view"
	// AppIstioGateway is that of addons.istio.gateway, and of no workload in a stack file.
	AppIstioGateway = "istio-gateway"

	TargetIP       = "ip"
	TargetInstance = "instance"

	InternetFacing = "internet-facing"
	Internal       = "internal"

	PolicyCluster = "Cluster"
	PolicyLocal   = "Local"

	ProtocolTCP = "TCP"
	ProtocolUDP = "UDP"
	ProtocolTLS = "TLS"
	// ProtocolTCPUDP is both on one port.
	ProtocolTCPUDP = "TCP_UDP"

	ProxyIPTables = "iptables"
	ProxyNFTables = "nftables"

	// CRDsOwn and CRDsExisting are who manages the definitions of the Gateway API.
	CRDsOwn      = "own"
	CRDsExisting = "existing"

	HTTPPort  = 80
	HTTPSPort = 443

	HealthTCP   = "TCP"
	HealthHTTP  = "HTTP"
	HealthHTTPS = "HTTPS"
	// TrafficPort is the port that a load balancer sends to.
	TrafficPort Port = "traffic-port"
)

// The applications' own images.
const (
	EchoImage = "registry.k8s.io/e2e-test-images/agnhost:2.53"
	// Game2048Image is the one of EKS's own guide, by its digest because its tag moves. It runs on x86_64 alone
	// (docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html).
	Game2048Image = "public.ecr.aws/l6m2t8p7/docker-2048@sha256:afc96bdad819bfac184a6e9a90096b68583cf5977e66fa985143bde37e847a50"
	// NginxImage and NetshootImage are for both architectures (github.com/docker-library/official-images, library/nginx;
	// github.com/nicolaka/netshoot, .github/workflows/release-buildx.yml).
	NginxImage    = "public.ecr.aws/docker/library/nginx:1.28.0-alpine"
	NetshootImage = "docker.io/nicolaka/netshoot:v0.13"
	// KubeOpsViewImage is the last release (codeberg.org/hjacobs/kube-ops-view, deploy), for both architectures. It is
	// named by its tag: no public source that was read has its digest.
	KubeOpsViewImage = "docker.io/hjacobs/kube-ops-view:23.5.0"
)

// appImages are the images by application.
var appImages = map[string]string{AppEcho: EchoImage, App2048: Game2048Image, AppNginx: NginxImage, AppNetshoot: NetshootImage, AppIperf3: NetshootImage, AppKubeOpsView: KubeOpsViewImage}

// Versions are the Kubernetes versions that are accepted, newest first: those in EKS's standard support as of November
// 2026, and the last one in extended support, for clusters that are there still
// (docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html).
var Versions = []string{"1.36", "1.35", "1.34", "1.33"}

// The numbers of zones that are accepted, and the most characters of the name of a node group or a workload.
const (
	leastZones = 2
	mostZones  = 4
	mostName   = 40
)

// LogTypes are the control plane's logs (EKS API, LogSetup).
var LogTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

// RetentionDays are the periods that CloudWatch Logs accepts (PutRetentionPolicy).
var RetentionDays = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// AccessPolicies are EKS's access policies for people and pipelines
// (docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html). Those for AWS's own services are left out.
var AccessPolicies = []string{
	AdminPolicy, "AmazonEKSAdminPolicy", "AmazonEKSEditPolicy", ViewerPolicy,
	"AmazonEKSAdminViewPolicy", "AmazonEKSSecretReaderPolicy", "AmazonEKSSecretAdminPolicy",
}

var (
	regionName   = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	zoneName     = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$`)
	accountID    = regexp.MustCompile(`^[0-9]{12}$`)
	portNumber   = regexp.MustCompile(`^\+?[0-9]+$`)
	clusterName  = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,39}$`)
	profileName  = regexp.MustCompile(`^[^\s\[\]{}][^\[\]{}\t\r\n]*$`)
	roleARN      = regexp.MustCompile(`^arn:[a-z-]+:iam::([0-9]{12}):role/` + iamName + `$`)
	principalARN = regexp.MustCompile(`^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/` + iamName + `$`)
	namespaces   = regexp.MustCompile(`^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?$`)
	// kubernetesGroup is narrower than RBAC's own, so that a name is readable in messages and commands.
	kubernetesGroup = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:@/-]*$`)

	instanceType = regexp.MustCompile(`^([a-z]+[0-9]+[a-z-]*|u-[0-9a-z]+|[a-z0-9-]+)\.(metal|[a-z0-9]+)(-[0-9a-z]+)?$`)
	addonVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$`)
	chartVersion = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$`)
	workloadName = regexp.MustCompile(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)
	groupName    = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$`)
	hostName     = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	urlPath      = regexp.MustCompile(`^/([\w.~:@$&+-]+(/[\w.~:@$&+-]+)*)?$`)
	// checkPath is ELB's own (API_CreateTargetGroup, HealthCheckPath), without what a URL does not hold.
	checkPath      = regexp.MustCompile(`^/[\w.~:@$&+/?=%!*'();-]*$`)
	certificateARN = regexp.MustCompile(`^arn:[a-z-]+:acm:([a-z0-9-]+):[0-9]{12}:certificate/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	ipamPoolID     = regexp.MustCompile(`^ipam-pool-([0-9a-f]{8}|[0-9a-f]{17})$`)
	prefixListID   = regexp.MustCompile(`^pl-([0-9a-f]{8}|[0-9a-f]{17})$`)
	groupID        = regexp.MustCompile(`^sg-([0-9a-f]{8}|[0-9a-f]{17})$`)
	allocationID   = regexp.MustCompile(`^eipalloc-([0-9a-f]{8}|[0-9a-f]{17})$`)
	dnsLabel       = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	labelValue     = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$`)
	labelPrefix    = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	repository     = regexp.MustCompile(`^` + repositoryText + `$`)
	imageName      = regexp.MustCompile(`^(` + repositoryText + `)(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?$`)
	tagText        = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	gravitonType   = regexp.MustCompile(`^(a1|[a-z]+[0-9]+g[a-z]*)(-[a-z0-9]+)?\.`)
)

// Patterns of the schema that are wider than what is accepted.
const (
	anyURL       = `^[A-Za-z][A-Za-z0-9+.-]*://`
	anyIPv4Range = `^[0-9]+(\.[0-9]+){3}/[0-9]+$`
	anyIPv6Range = `^[0-9A-Fa-f:.]+/[0-9]+$`
	anyLabelKey  = `^([a-z0-9.-]+/)?[A-Za-z0-9._-]+$`
)

// iamName is a path and the name of a role or user
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const iamName = `([\w+=,.@-]+/)*[\w+=,.@-]{1,64}`

// repositoryText is an image without tag and digest: a registry, with a port or not, and a path
// (github.com/distribution/reference).
const repositoryText = `([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*`

// labelKey reports whether a text is a valid key of a Kubernetes label or taint.
func labelKey(key string) bool {
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		return key != "" && len(key) <= 63 && labelValue.MatchString(key)
	}
	return labelPrefix.MatchString(prefix) && len(prefix) <= 253 && name != "" && len(name) <= 63 && labelValue.MatchString(name)
}
