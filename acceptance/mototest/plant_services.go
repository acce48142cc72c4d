package mototest

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	scaling "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	ekstypes "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	routes "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"eksnet/internal/leftover"
)

// Account is the account of moto.
const Account = "111122223333"

// plantBalancers creates what the load balancer controller and the cloud controller leave.
func (p *Planter) plantBalancers(o owner, n network) {
	client := elb.NewFromConfig(p.Config)
	mine := []elbtypes.Tag{{Key: aws.String("elbv2.k8s.aws/cluster"), Value: &o.Cluster}, {Key: aws.String("service.k8s.aws/stack"), Value: aws.String("echo/echo")}}
	if p.chance(0.7) {
		name := "k8s-echo-" + o.Cluster + shortOf(o)
		front := p.plantGroup(o, n.vpc, name, map[string]string{"elbv2.k8s.aws/cluster": o.Cluster})
		rule := []types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(80), ToPort: aws.Int32(80), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &n.group}}}}
		must(p.ec2.AuthorizeSecurityGroupIngress(p, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &front, IpPermissions: rule}))(p)
		back := []types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(80), ToPort: aws.Int32(80), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &front}}}}
		must(p.ec2.AuthorizeSecurityGroupEgress(p, &ec2.AuthorizeSecurityGroupEgressInput{GroupId: &n.group, IpPermissions: back}))(p)
		group := must(client.CreateTargetGroup(p, &elb.CreateTargetGroupInput{Name: &name, Protocol: elbtypes.ProtocolEnumHttp, Port: aws.Int32(80), VpcId: &n.vpc, TargetType: elbtypes.TargetTypeEnumIp, Tags: mine}))(p)
		arn := o.add(leftover.TargetGroupType, *group.TargetGroups[0].TargetGroupArn)
		balancer := must(client.CreateLoadBalancer(p, &elb.CreateLoadBalancerInput{Name: &name, Type: elbtypes.LoadBalancerTypeEnumApplication, Subnets: n.subnets, SecurityGroups: []string{front}, Tags: mine}))(p).LoadBalancers[0].LoadBalancerArn
		o.add(leftover.LoadBalancerType, *balancer)
		must(client.CreateListener(p, &elb.CreateListenerInput{LoadBalancerArn: balancer, Port: aws.Int32(80), Protocol: elbtypes.ProtocolEnumHttp,
			DefaultActions: []elbtypes.Action{{Type: elbtypes.ActionTypeEnumForward, TargetGroupArn: &arn}}}))(p)
	}
	if p.chance(0.5) {
		name := "a" + strings.Repeat("0", 30-len(shortOf(o))) + shortOf(o)
		must(elasticloadbalancing.NewFromConfig(p.Config).CreateLoadBalancer(p, &elasticloadbalancing.CreateLoadBalancerInput{LoadBalancerName: &name, Subnets: n.subnets,
			Listeners: []classic.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(30080), Protocol: aws.String("TCP")}},
			Tags:      []classic.Tag{{Key: aws.String("kubernetes.io/cluster/" + o.Cluster), Value: aws.String("owned")}}}))(p)
		o.add(leftover.ClassicType, name)
		p.plantGroup(o, n.vpc, "k8s-elb-a0123456789abcdef0123456789abcde", map[string]string{"kubernetes.io/cluster/" + o.Cluster: "owned"})
	}
}

// shortOf is a short name of an owner that is unlike those of others.
func shortOf(o owner) string { return string(rune('a' + o.block)) }

// plantCluster creates a cluster with a node group, and the Auto Scaling group of another.
func (p *Planter) plantCluster(o owner, n network) {
	client := eks.NewFromConfig(p.Config)
	if o.Stack != "" && p.chance(0.4) {
		must(client.CreateCluster(p, &eks.CreateClusterInput{Name: &o.Cluster, RoleArn: aws.String("arn:aws:iam::" + Account + ":role/" + o.Cluster), Tags: o.tags(),
			ResourcesVpcConfig: &ekstypes.VpcConfigRequest{SubnetIds: n.subnets}}))(p)
		o.add(leftover.ClusterType, o.Cluster)
		name := o.Cluster + "-general"
		must(client.CreateNodegroup(p, &eks.CreateNodegroupInput{ClusterName: &o.Cluster, NodegroupName: &name, Subnets: n.subnets, NodeRole: aws.String("arn:aws:iam::" + Account + ":role/" + o.Cluster), Tags: o.tags()}))(p)
		o.add(leftover.NodeGroupType, name)
	}
	if p.chance(0.4) {
		name := "eks-general-" + o.Cluster + shortOf(o)
		must(autoscaling.NewFromConfig(p.Config).CreateAutoScalingGroup(p, &autoscaling.CreateAutoScalingGroupInput{AutoScalingGroupName: &name, MinSize: aws.Int32(0), MaxSize: aws.Int32(0),
			VPCZoneIdentifier: &n.subnets[0], LaunchTemplate: &scaling.LaunchTemplateSpecification{LaunchTemplateId: aws.String(p.template())},
			Tags: []scaling.Tag{{Key: aws.String("eks:cluster-name"), Value: &o.Cluster, ResourceId: &name, ResourceType: aws.String("auto-scaling-group"), PropagateAtLaunch: aws.Bool(false)}}}))(p)
		o.add(leftover.ScalingGroupType, name)
	}
}

// plantGlobal creates what is in no VPC.
func (p *Planter) plantGlobal(o owner) {
	if o.Stack != "" {
		p.plantRoles(o)
		p.plantKey(o)
	}
	logs := cloudwatchlogs.NewFromConfig(p.Config)
	groups := map[string]map[string]string{"/aws/containerinsights/" + o.Cluster + "/performance": nil}
	if o.Stack != "" {
		groups["/aws/eks/"+o.Cluster+"/cluster"], groups[o.Cluster+"-flow-0a1b2c"] = nil, o.tags()
	}
	for name, tags := range groups {
		if _, other := p.Others[name]; !other && p.Own[name] == "" && p.chance(0.6) {
			must(logs.CreateLogGroup(p, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name, Tags: tags}))(p)
			o.add(leftover.LogGroupType, name)
		}
	}
}

func (p *Planter) plantRoles(o owner) {
	if !p.chance(0.6) {
		return
	}
	client := iam.NewFromConfig(p.Config)
	tags := []iamtypes.Tag{{Key: aws.String(leftover.StackTag), Value: &o.Stack}}
	name := o.Cluster + "-lbc-" + shortOf(o)
	document := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:DescribeVpcs","Resource":"*"}]}`
	policy := must(client.CreatePolicy(p, &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document, Tags: tags}))(p).Policy.Arn
	o.add(leftover.PolicyType, *policy)
	must(client.CreatePolicyVersion(p, &iam.CreatePolicyVersionInput{PolicyArn: policy, PolicyDocument: &document}))(p)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	must(client.CreateRole(p, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust, Tags: tags}))(p)
	must(client.AttachRolePolicy(p, &iam.AttachRolePolicyInput{RoleName: &name, PolicyArn: policy}))(p)
	must(client.PutRolePolicy(p, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("inline"), PolicyDocument: &document}))(p)
	profile := aws.String("eks-" + name)
	must(client.CreateInstanceProfile(p, &iam.CreateInstanceProfileInput{InstanceProfileName: profile}))(p)
	must(client.AddRoleToInstanceProfile(p, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: profile, RoleName: &name}))(p)
	o.add(leftover.RoleType, name)
	provider := must(client.CreateOpenIDConnectProvider(p, &iam.CreateOpenIDConnectProviderInput{Url: aws.String("https://oidc.eks." + p.Config.Region + ".amazonaws.com/id/" + strings.ToUpper(strings.ReplaceAll(o.Stack, "-", ""))),
		ClientIDList: []string{"sts.amazonaws.com"}, Tags: tags}))(p).OpenIDConnectProviderArn
	o.add(leftover.OIDCProviderType, *provider)
}

func (p *Planter) plantKey(o owner) {
	if !p.chance(0.4) {
		return
	}
	client := kms.NewFromConfig(p.Config)
	key := must(client.CreateKey(p, &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: aws.String(leftover.StackTag), TagValue: &o.Stack}}}))(p).KeyMetadata.KeyId
	o.add(leftover.KeyType, *key)
	alias := "alias/eks/" + o.Cluster
	if p.Own[alias] == "" {
		must(client.CreateAlias(p, &kms.CreateAliasInput{AliasName: &alias, TargetKeyId: key}))(p)
		o.add(leftover.AliasType, alias)
	}
}

// plantZone creates a zone that is of no stack, with records of ExternalDNS of each owner, and a record by hand.
func (p *Planter) plantZone(owners ...owner) {
	client := route53.NewFromConfig(p.Config)
	zone := strings.TrimPrefix(*must(client.CreateHostedZone(p, &route53.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")}))(p).HostedZone.Id, "/hostedzone/")
	p.Others[zone] = leftover.HostedZoneType
	record := func(ids map[string]string, name string, typ routes.RRType, value string) {
		must(client.ChangeResourceRecordSets(p, &route53.ChangeResourceRecordSetsInput{HostedZoneId: &zone, ChangeBatch: &routes.ChangeBatch{Changes: []routes.Change{{Action: routes.ChangeActionCreate,
			ResourceRecordSet: &routes.ResourceRecordSet{Name: &name, Type: typ, TTL: aws.Int64(60), ResourceRecords: []routes.ResourceRecord{{Value: &value}}}}}}}))(p)
		ids[zone+"_"+name+"_"+string(typ)] = leftover.RecordType
	}
	for _, o := range owners {
		host := "web-" + o.Cluster + shortOf(o) + ".example.com"
		record(o.ids, host, routes.RRTypeA, "192.0.2.1")
		record(o.ids, "a-"+host, routes.RRTypeTxt, `"heritage=external-dns,external-dns/owner=`+o.Owner+`,external-dns/resource=service/web/web"`)
	}
	record(p.Others, "www.example.com", routes.RRTypeA, "192.0.2.2")
	own := strings.TrimPrefix(*must(client.CreateHostedZone(p, &route53.CreateHostedZoneInput{Name: aws.String(OwnDomain), CallerReference: aws.String("2")}))(p).HostedZone.Id, "/hostedzone/")
	must(client.ChangeTagsForResource(p, &route53.ChangeTagsForResourceInput{ResourceType: routes.TagResourceTypeHostedzone, ResourceId: &own, AddTags: []routes.Tag{{Key: aws.String(leftover.StackTag), Value: &owners[0].Stack}}}))(p)
	owners[0].add(leftover.HostedZoneType, own)
}

// OwnDomain is the domain of a zone that the stack created.
const OwnDomain = "own.example.com"
