package addons

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan"
)

func TestExternalDNSMayChangeItsZonesWithoutTheNamesOfTheStack(t *testing.T) {
	partition := plan.Partition{Name: "aws-cn"}
	got := ExternalDNSPolicy(partition, []string{"Z1", "Z2"}, []string{"shop.example.com", "*.example.com"}).JSON()
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["route53:ListHostedZones"],"Resource":["*"]},` +
		`{"Effect":"Allow","Action":["route53:ListResourceRecordSets"],"Resource":["arn:aws-cn:route53:::hostedzone/Z1","arn:aws-cn:route53:::hostedzone/Z2"]},` +
		`{"Effect":"Allow","Action":["route53:ChangeResourceRecordSets"],"Resource":["arn:aws-cn:route53:::hostedzone/Z1","arn:aws-cn:route53:::hostedzone/Z2"],` +
		`"Condition":{"ForAllValues:StringEquals":{"route53:ChangeResourceRecordSetsRecordTypes":["A","AAAA","CNAME","TXT"]},` +
		`"ForAllValues:StringNotEquals":{"route53:ChangeResourceRecordSetsNormalizedRecordNames":["shop.example.com","\\052.example.com"]}}}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if without := ExternalDNSPolicy(partition, []string{"Z1"}, nil).JSON(); strings.Contains(without, "StringNotEquals") {
		t.Errorf("without names of the stack %s", without)
	}
}

func TestTheTeardownMayOnlyListRecordsOfItsZones(t *testing.T) {
	got := ExternalDNSTeardownPolicy(plan.Partition{Name: "aws"}, []string{"Z1"}).JSON()
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["route53:ListResourceRecordSets"],"Resource":["arn:aws:route53:::hostedzone/Z1"]}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestTheMetricsHelperMaySendMetricsInItsNamespaceOnly(t *testing.T) {
	const want = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:PutMetricData"],"Resource":["*"],"Condition":{"StringEquals":{"cloudwatch:namespace":["Kubernetes"]}}}]}`
	if got := CNIMetricsPolicy().JSON(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestExternalDNSDeletesItsRecordsAndNoOthers(t *testing.T) {
	values := externalDNSValues(&ExternalDNSArgs{Owner: ExternalDNSOwner("dev", "eu-north-1"), Domains: []string{"example.com"}, Zones: pulumi.StringArray{pulumi.String("Z1")}}, pulumi.String("account"))
	for key, want := range map[string]pulumi.Input{
		"policy": pulumi.String("sync"), "registry": pulumi.String("txt"), "txtOwnerId": pulumi.String("dev.eu-north-1"),
		"domainFilters":  pulumi.ToStringArray([]string{"example.com"}),
		"serviceAccount": pulumi.Map{"create": pulumi.Bool(false), "name": pulumi.String("account")},
	} {
		if !reflect.DeepEqual(values[key], want) {
			t.Errorf("%s is %v, want %v", key, values[key], want)
		}
	}
	if filter := values["extraArgs"].(pulumi.Map)["zone-id-filter"]; !reflect.DeepEqual(filter, pulumi.StringArray{pulumi.String("Z1")}) {
		t.Errorf("the zones are %v", filter)
	}
	if values["image"] != nil {
		t.Errorf("the image is %v", values["image"])
	}
}

func TestTheOwnersOfClustersDiffer(t *testing.T) {
	if a, b := ExternalDNSOwner("dev", "eu-north-1"), ExternalDNSOwner("dev-eu", "north-1"); a == b || ExternalDNSOwner("dev", "us-east-1") == a {
		t.Errorf("owners are %s and %s", a, b)
	}
}

func TestAMirroredImageHasATagOrADigest(t *testing.T) {
	for image, want := range map[string][2]string{
		"registry.example.com:5000/external-dns:v0.21.0": {"registry.example.com:5000/external-dns", "v0.21.0"},
		"registry.example.com/external-dns@sha256:0123":  {"registry.example.com/external-dns@sha256", "0123"},
	} {
		values := externalDNSValues(&ExternalDNSArgs{Spec: config.ExternalDNS{Image: image}}, pulumi.String("account"))
		if got := values["image"]; !reflect.DeepEqual(got, pulumi.Map{"repository": pulumi.String(want[0]), "tag": pulumi.String(want[1])}) {
			t.Errorf("%s is %v", image, got)
		}
	}
	metrics := metricsHelperValues(&CNIMetricsHelperArgs{Spec: config.CNIMetricsHelper{Image: "registry.example.com/helper:v1"}}, pulumi.String("account"))
	if got := metrics["image"]; !reflect.DeepEqual(got, pulumi.Map{"override": pulumi.String("registry.example.com/helper:v1")}) {
		t.Errorf("the helper's image is %v", got)
	}
}

func TestTheMetricsHelperNeedsNoInstanceMetadata(t *testing.T) {
	values := metricsHelperValues(&CNIMetricsHelperArgs{Account: "602401143452", Region: "eu-north-1", Domain: "amazonaws.com", ClusterName: pulumi.String("dev")}, pulumi.String("account"))
	want := pulumi.Map{"AWS_CLUSTER_ID": pulumi.String("dev"), "AWS_REGION": pulumi.String("eu-north-1")}
	if !reflect.DeepEqual(values["env"], want) {
		t.Errorf("the environment is %v", values["env"])
	}
}
