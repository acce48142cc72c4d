package worldtest

import (
	"maps"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

// PodInterfaces returns a configuration of the CNI with security groups for pods in a mode.
func PodInterfaces(mode string) store.Properties {
	return store.Properties{
		"env":  store.Properties{"ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": mode},
		"init": store.Properties{"env": store.Properties{"DISABLE_TCP_EARLY_DEMUX": "true"}},
	}
}

// PodGroups installs the CNI of a cluster with a configuration, lets the cluster's role manage branch interfaces,
// creates a node group with some inputs replaced, and returns the cluster with a client.
func (l *Lab) PodGroups(configuration, changes store.Properties) *KubeLab {
	l.T.Helper()
	in := l.AddonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.Object(store.RoleType, "cni-role").Text("arn")
	in["configurationValues"] = iam.JSONText(configuration)
	l.Make("vpc-cni", store.AddonType, in)
	l.Make("resource-controller", store.AttachmentType, store.Properties{"role": "cluster-role", "policyArn": "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"})
	group := l.GroupInputs()
	maps.Copy(group, changes)
	l.Make("general", store.NodeGroupType, group)
	return l.connect()
}

// NewClusterOfPodGroups returns a cluster with security groups for pods in a mode and the security group pods, which
// lets in the VPC.
func NewClusterOfPodGroups(t *testing.T, mode string) *KubeLab {
	t.Helper()
	l := NewLab(t)
	l.World.Options.Charts = Charts()
	return l.ClusterUp().PodGroups(PodInterfaces(mode), nil).PodGroup("pods", "10.0.0.0/16")
}

// PodGroup creates a security group that lets in networks on port 8080.
func (k *KubeLab) PodGroup(name string, networks ...any) *KubeLab {
	k.T.Helper()
	k.Make(name, store.SecurityGroupType, store.Properties{"name": name, "vpcId": k.IDs["vpc"]})
	for _, network := range networks {
		k.Make(name+"-rule", store.GroupRuleType, store.Properties{"securityGroupId": k.IDs[name], "type": "ingress", "protocol": "tcp",
			"fromPort": 8080.0, "toPort": 8080.0, "cidrBlocks": []any{network}})
	}
	return k
}

// SetCNI changes the configuration of the CNI.
func (l *Lab) SetCNI(configuration store.Properties) {
	l.T.Helper()
	l.Must(l.Change(store.AddonType, "dev:vpc-cni", store.Properties{"configurationValues": iam.JSONText(configuration)}))
}

// GroupPolicy returns a SecurityGroupPolicy for web with security groups.
func GroupPolicy(groups ...any) store.Properties {
	return Manifest("vpcresources.k8s.aws/v1beta1", "SecurityGroupPolicy", "web", store.Properties{
		"podSelector": map[string]any{"matchLabels": map[string]any{"app": "web"}}, "securityGroups": map[string]any{"groupIds": groups}})
}

// GroupedWeb creates the SecurityGroupPolicy of web with the security group pods, and web.
func (k *KubeLab) GroupedWeb() *KubeLab {
	k.T.Helper()
	k.Apply(store.SecurityGroupPolicyType, GroupPolicy(k.IDs["pods"]))
	k.Apply(store.DeploymentType, Web())
	return k
}

// Branches returns the branch interfaces that AWS does not delete automatically.
func (l *Lab) Branches() []*store.Object {
	return l.World.All(store.InterfaceType, func(o *store.Object) bool { return ec2.InterfaceOf(o).Trunk != "" && !ec2.IsLingering(o) })
}

// Probed returns web with a readiness probe.
func Probed() store.Properties {
	m := Web()
	With(Container(m), "readinessProbe", map[string]any{"httpGet": map[string]any{"path": "/", "port": "http"}})
	return m
}
