package worldtest

import (
	"encoding/json"
	"slices"

	"eksnet/internal/awsdata"
	"eksnet/internal/charts"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// ZoneID is the public zone of example.com that Named uses, and NameOwner the owner of the records of ExternalDNS.
const (
	ZoneID    = "Z0123456789ABCDEFGHIJ"
	NameOwner = "dev.ap-northeast-2"
)

// The releases of ExternalDNS and of its last step.
const (
	ExternalDNSRelease = "external-dns/external-dns"
	TeardownRelease    = "external-dns/external-dns-teardown"
)

// ExternalDNSInputs returns the inputs of a release of ExternalDNS for the zone.
func ExternalDNSInputs() store.Properties {
	chart := charts.Get(charts.ExternalDNS)
	return store.Properties{"chart": chart.Name, "name": chart.Name, "namespace": "external-dns", "version": chart.Version,
		"repositoryOpts": map[string]any{"repo": chart.Repository},
		"values": map[string]any{"provider": map[string]any{"name": "aws"}, "policy": "sync", "txtOwnerId": NameOwner, "txtPrefix": "external-dns-%{record_type}.",
			"domainFilters": []any{"example.com"}, "extraArgs": map[string]any{"zone-id-filter": []any{ZoneID}, "txt-wildcard-replacement": "any"},
			"serviceAccount": map[string]any{"create": false, "name": "external-dns"}}}
}

// TeardownInputs returns the inputs of a release of the last step of ExternalDNS.
func TeardownInputs() store.Properties {
	chart, _ := charts.Get(charts.ExternalDNSTeardown).Source()
	return store.Properties{"chart": chart, "name": charts.ExternalDNSTeardown, "namespace": "external-dns",
		"values": map[string]any{"image": "public.ecr.aws/aws-cli/aws-cli:2.34.56", "serviceAccount": "external-dns-teardown", "region": "ap-northeast-2",
			"zones": []any{ZoneID}, "owner": NameOwner, "timeout": 300.0}}
}

// Named installs ExternalDNS with some changed values, and its last step.
func (k *KubeLab) Named(changes map[string]any) *KubeLab {
	k.T.Helper()
	k.World.HoldZone(store.HostedZone{ID: ZoneID, Domain: "example.com", Region: "ap-northeast-2"})
	k.Apply(store.NamespaceType, store.Properties{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "external-dns"}})
	zone := "arn:aws:route53:::hostedzone/" + ZoneID
	k.RoleAccount("external-dns", "external-dns", allowing(map[string]string{"route53:ListHostedZones": "*", "route53:ListResourceRecordSets": zone, "route53:ChangeResourceRecordSets": zone}))
	k.RoleAccount("external-dns", "external-dns-teardown", allowing(map[string]string{"route53:ListResourceRecordSets": zone}))
	inputs := ExternalDNSInputs()
	for key, value := range changes {
		With(inputs, "values."+key, value)
	}
	k.Apply(store.ReleaseType, inputs)
	k.Apply(store.ReleaseType, TeardownInputs())
	return k
}

// MetricsHelperInputs returns the inputs of a release of the CNI metrics helper.
func MetricsHelperInputs() store.Properties {
	chart := charts.Get(charts.CNIMetricsHelper)
	return store.Properties{"chart": chart.Name, "name": chart.Name, "namespace": "kube-system", "version": chart.Version,
		"repositoryOpts": map[string]any{"repo": chart.Repository},
		"values": map[string]any{"image": map[string]any{"region": "ap-northeast-2"}, "env": map[string]any{"AWS_CLUSTER_ID": "dev", "AWS_REGION": "ap-northeast-2"},
			"serviceAccount": map[string]any{"create": false, "name": "cni-metrics-helper"}}}
}

// MetricsHelper installs the CNI metrics helper, and returns its Deployment.
func (k *KubeLab) MetricsHelper() *store.Object {
	k.T.Helper()
	k.RoleAccount("kube-system", "cni-metrics-helper", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*",
		"Condition": {"StringEquals": {"cloudwatch:namespace": "Kubernetes"}}}]}`)
	k.Apply(store.ReleaseType, MetricsHelperInputs())
	return k.World.Find("dev", store.DeploymentType, "kube-system/cni-metrics-helper")
}

// RoleAccount creates a service account with a role that has a policy. Both have the account's name, and the attachment
// that name and -attachment.
func (k *KubeLab) RoleAccount(namespace, name, policy string) {
	k.T.Helper()
	k.Make(name+"-policy", store.PolicyType, store.Properties{"name": name, "policy": policy})
	arn := k.Role(name, k.irsaTrust(namespace, name))
	k.Make(name+"-attachment", store.AttachmentType, store.Properties{"role": name, "policyArn": k.IDs[name+"-policy"]})
	k.Apply(store.ServiceAccountType, store.Properties{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{
		"name": name, "namespace": namespace, "annotations": map[string]any{"eks.amazonaws.com/role-arn": arn}}})
}

// allowing returns a policy that allows each action on a resource.
func allowing(resources map[string]string) string {
	var statements []any
	for action, resource := range resources {
		statements = append(statements, map[string]any{"Effect": "Allow", "Action": action, "Resource": resource})
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// NamedNLB returns a Service with a load balancer that has these names, separated by commas.
func NamedNLB(names string) store.Properties {
	return NLB(map[string]any{awsdata.ExternalDNSHostname: names})
}

// Records returns the records of the zone, each as its type and name, sorted.
func (k *KubeLab) Records() []string {
	var lines []string
	for _, o := range route53.RecordsIn(k.World.Account, ZoneID) {
		record := route53.RecordOf(o)
		lines = append(lines, record.Type+" "+record.FQDN)
	}
	slices.Sort(lines)
	return lines
}
