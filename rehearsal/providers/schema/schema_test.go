package schema_test

import (
	"os"
	"strings"
	"testing"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/providers/schema/gen/computed"
	"eksnet/rehearsal/providers/schema/gen/release"
	"eksnet/rehearsal/world"
)

type object = map[string]any

func TestTheErrorOfAWrongPropertyStatesWhatIsAccepted(t *testing.T) {
	for _, test := range []struct {
		name, token string
		inputs      world.Properties
		want        []string
	}{
		{"a misspelling", "aws:ec2/vpc:Vpc", object{"cidrBlok": "10.0.0.0/16"},
			[]string{`cidrBlok: aws:ec2/vpc:Vpc has no property "cidrBlok"; did you mean "cidrBlock"?`}},
		{"a nested misspelling", "aws:eks/cluster:Cluster",
			object{"roleArn": "arn", "vpcConfig": object{"subnetIds": []any{"a"}, "endpointPublicAcess": true}},
			[]string{`has no property "vpcConfig.endpointPublicAcess"; did you mean "vpcConfig.endpointPublicAccess"?`}},
		{"a stranger", "aws:ec2/internetGateway:InternetGateway", object{"colour": "red"},
			[]string{`has no property "colour"; accepted here: tags, vpcId`}},
		{"another type", "aws:ec2/subnet:Subnet", object{"vpcId": "vpc-1", "mapPublicIpOnLaunch": "yes"},
			[]string{`mapPublicIpOnLaunch: got "yes", accepted: true or false`}},
		{"a fraction", "aws:cloudwatch/logGroup:LogGroup", object{"retentionInDays": 1.5},
			[]string{`retentionInDays: got 1.5, accepted: whole number`}},
		{"a list element", "aws:ec2/vpcEndpoint:VpcEndpoint", object{"vpcId": "v", "serviceName": "s", "subnetIds": []any{"a", 2.0}},
			[]string{`subnetIds[1]: got 2, accepted: string`}},
		{"a map's value", "aws:ec2/vpc:Vpc", object{"tags": object{"Name": 1.0}}, []string{`tags["Name"]: got 1, accepted: string`}},
		{"an object for a string", "aws:ec2/vpc:Vpc", object{"cidrBlock": object{}}, []string{"accepted: string"}},
		{"a required property", "aws:ec2/subnet:Subnet", object{}, []string{"vpcId is missing, accepted: string"}},
		{"a required nested property", "kubernetes:apps/v1:Deployment", object{"spec": object{"template": object{}}},
			[]string{"spec.selector is missing"}},
		{"a custom resource's misspelling", "kubernetes:gateway.networking.k8s.io/v1:Gateway", object{"specs": object{}}, []string{`has no property "specs"; did you mean "spec"?`}},
		{"a release without a chart", "kubernetes:helm.sh/v3:Release", object{}, []string{"chart is missing"}},
		{"null in a list", "aws:eks/nodeGroup:NodeGroup", object{"clusterName": "c", "nodeRoleArn": "r", "scalingConfig": object{
			"minSize": 1.0, "maxSize": 1.0, "desiredSize": 1.0}, "subnetIds": []any{nil}}, []string{"got null, accepted: string"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			resource, err := schema.ForResource(test.token)
			if err != nil {
				t.Fatal(err)
			}
			problems := resource.CheckInputs(test.inputs)
			if len(problems) != len(test.want) {
				t.Fatalf("found %v", problems)
			}
			for i, want := range test.want {
				if !strings.Contains(problems[i].String(), want) || !strings.Contains(problems[i].String(), test.token) {
					t.Errorf("%s; want %s of %s", problems[i], want, test.token)
				}
			}
		})
	}
}

func TestValidInputsOfTheSDKAreAccepted(t *testing.T) {
	for token, inputs := range map[string]world.Properties{
		"aws:ec2/vpc:Vpc":   {"cidrBlock": world.Unknown{}, "tags": object{"Name": world.Unknown{}}, "enableDnsSupport": true},
		"aws:iam/role:Role": {"assumeRolePolicy": object{"Version": "2012-10-17"}},
		"aws:ec2/launchTemplate:LaunchTemplate": {"metadataOptions": object{"httpPutResponseHopLimit": 1.0},
			"tagSpecifications": []any{object{"resourceType": "instance", "tags": object{"a": "b"}}}},
		"kubernetes:core/v1:Service":                                  {"spec": object{"ports": []any{object{"port": 80.0, "targetPort": "http"}}, "type": "LoadBalancer"}},
		"kubernetes:gateway.networking.k8s.io/v1:Gateway":             {"apiVersion": "gateway.networking.k8s.io/v1", "spec": object{"listeners": []any{object{"port": 80.0}}}},
		"kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition": {"metadata": object{"name": "a"}, "spec": object{"x-kubernetes-any": true}},
		"kubernetes:helm.sh/v3:Release": {"chart": "c", "repositoryOpts": object{"repo": "https://aws.github.io/eks-charts"},
			"values": object{"replicaCount": 2.0}},
	} {
		resource, err := schema.ForResource(token)
		if err != nil {
			t.Fatal(err)
		}
		if problems := resource.CheckInputs(inputs); len(problems) > 0 {
			t.Errorf("%v", problems)
		}
	}
}

func TestOutputsAreCheckedAgainstTheResourceType(t *testing.T) {
	cluster, err := schema.ForResource("aws:eks/cluster:Cluster")
	if err != nil {
		t.Fatal(err)
	}
	good := object{"endpoint": "https://x", "certificateAuthority": object{"data": "Q0E="}, "identities": []any{object{"oidcs": []any{object{"issuer": "i"}}}}}
	if problems := cluster.CheckOutputs(good); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
	for _, bad := range []world.Properties{{"endpint": "x"}, {"endpoint": 1.0}, {"certificateAuthority": object{"date": "x"}}} {
		if problems := cluster.CheckOutputs(bad); len(problems) != 1 {
			t.Errorf("%v is accepted as the outputs of a cluster: %v", bad, problems)
		}
	}
}

func TestATypeThatIsNotSimulatedIsAnError(t *testing.T) {
	if _, err := schema.ForResource("aws:ec2/vpc:Vcp"); err == nil || !strings.Contains(err.Error(), `did you mean "aws:ec2/vpc:Vpc"?`) {
		t.Errorf("the error is %v", err)
	}
	if _, err := schema.ForResource("aws:s3/bucket:Bucket"); err == nil || !strings.Contains(err.Error(), "is not simulated") {
		t.Errorf("the error is %v", err)
	}
	if _, err := schema.ForFunction("aws:ec2/getAmi:getAmi"); err == nil || !strings.Contains(err.Error(), "is not simulated") {
		t.Errorf("the error is %v", err)
	}
}

func TestEveryTypeOfTheTableHasItsProperties(t *testing.T) {
	for _, token := range schema.Tokens() {
		if resource, err := schema.ForResource(token); err == nil && len(resource.Outputs()) == 0 {
			t.Errorf("%s has no outputs", token)
		}
	}
}

func TestTheReleaseTypesMatchTheSDK(t *testing.T) {
	want, err := release.Generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("release.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("release.go does not match the SDK's source; run `go generate ./providers/schema`")
	}
}

func TestTheComputedPropertiesMatchTheSDK(t *testing.T) {
	var tokens []string
	for _, token := range schema.Tokens() {
		if _, err := schema.ForResource(token); err == nil && strings.HasPrefix(token, "aws:") {
			tokens = append(tokens, token)
		}
	}
	want, err := computed.Generate("../../node_modules", tokens)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("computed.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("computed.go does not match @pulumi/aws; run `go generate ./providers/schema`")
	}
	cluster, err := schema.ForResource("aws:eks/cluster:Cluster")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"vpcConfig.publicAccessCidrs": true, "vpcConfig.subnetIds": false, "version": true, "encryptionConfig": false, "roleArn": false} {
		if cluster.Computed(path) != want {
			t.Errorf("a cluster's %s is computed: %v", path, !want)
		}
	}
}
