package providers_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/providers/providertest"
	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const (
	aCluster  = "aws:eks/cluster:Cluster"
	aGroup    = "aws:eks/nodeGroup:NodeGroup"
	aTemplate = "aws:ec2/launchTemplate:LaunchTemplate"
)

// diffText returns what an update of a resource with this state would change: each path, followed by ! where it
// replaces the resource.
func diffText(t *testing.T, typ string, state, news object, ignored ...string) string {
	t.Helper()
	w := &providertest.World{Fixed: map[string][]string{aCluster: {"name", "kubernetesNetworkConfig.serviceIpv4Cidr"}, aGroup: {"subnetIds", "amiType"}}}
	result, err := anAWS(t, w).Diff(ctx, plugin.DiffRequest{URN: urn(typ, "x"), Type: tokens.Type(typ), OldInputs: properties(news),
		OldOutputs: properties(state), NewInputs: properties(news), IgnoreChanges: ignored})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(result.DetailedDiff)) {
		if result.DetailedDiff[path].Kind.IsReplace() {
			path += "!"
		}
		paths = append(paths, path)
	}
	if (result.Changes == plugin.DiffNone) != (len(paths) == 0) {
		t.Errorf("changes are %v with %v", result.Changes, paths)
	}
	return strings.Join(paths, " ")
}

func TestAnUpdateChangesTheDifferenceBetweenStateAndInputs(t *testing.T) {
	cluster := func(config object) object {
		network := object{"endpointPublicAccess": true}
		maps.Copy(network, config)
		return object{"name": "c", "vpcConfig": network}
	}
	for name, test := range map[string]struct {
		typ         string
		state, news object
		want        string
	}{
		"an absent value that the provider computes": {aCluster, cluster(object{"subnetIds": []any{"a"}, "publicAccessCidrs": []any{"0.0.0.0/0"}}),
			cluster(object{"subnetIds": []any{"a"}}), ""},
		"an empty list where the provider computes the value": {aCluster, cluster(object{"subnetIds": []any{"a"}, "publicAccessCidrs": []any{"0.0.0.0/0"}}),
			cluster(object{"subnetIds": []any{"a"}, "publicAccessCidrs": []any{}}), "vpcConfig.publicAccessCidrs[0]"},
		"a set in another order": {aCluster, cluster(object{"subnetIds": []any{"a", "b"}}), cluster(object{"subnetIds": []any{"b", "a"}}), ""},
		"a set with another element": {aCluster, cluster(object{"subnetIds": []any{"a", "b"}}), cluster(object{"subnetIds": []any{"b", "c"}}),
			"vpcConfig.subnetIds[0] vpcConfig.subnetIds[1]"},
		"a list in another order": {aGroup, object{"instanceTypes": []any{"a", "b"}}, object{"instanceTypes": []any{"b", "a"}}, "instanceTypes[0] instanceTypes[1]"},
		"a whole object that the provider computes": {aCluster, object{"name": "c", "kubernetesNetworkConfig": object{"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}},
			object{"name": "c"}, ""},
		"one property of an object that the provider completes": {aCluster,
			object{"name": "c", "kubernetesNetworkConfig": object{"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}},
			object{"name": "c", "kubernetesNetworkConfig": object{"serviceIpv4Cidr": "10.100.0.0/16"}}, "kubernetesNetworkConfig.serviceIpv4Cidr!"},
		"an absent value that the provider does not compute": {aGroup, object{"labels": object{"a": "b"}}, object{}, "labels"},
		"a map without one of its keys":                      {aGroup, object{"labels": object{"a": "b", "c": "d"}}, object{"labels": object{"c": "d"}}, "labels.a"},
		"an absent value that is zero":                       {aGroup, object{"labels": object{}, "forceUpdateVersion": false}, object{}, ""},
		"a zero value that is not recorded":                  {aGroup, object{}, object{"labels": object{}, "taints": []any{}}, ""},
		"an absent value with a default of the provider": {aCluster, cluster(object{"endpointPublicAccess": false}), object{"name": "c", "vpcConfig": object{}},
			"vpcConfig.endpointPublicAccess"},
		"an absent value that has its default": {aCluster, cluster(nil), object{"name": "c", "vpcConfig": object{}}, ""},
		"encryption that is added":             {aCluster, object{"name": "c"}, object{"name": "c", "encryptionConfig": object{"resources": []any{"secrets"}}}, "encryptionConfig"},
		"encryption that is removed":           {aCluster, object{"name": "c", "encryptionConfig": object{"resources": []any{"secrets"}}}, object{"name": "c"}, "encryptionConfig!"},
		"an unknown value":                     {aGroup, object{"subnetIds": []any{"a"}}, object{"subnetIds": unknown}, "subnetIds!"},
		"an unknown element of a set":          {aGroup, object{"subnetIds": []any{"a", "b"}}, object{"subnetIds": []any{"b", "a", unknown}}, "subnetIds[2]!"},
		"a policy with other spaces": {"aws:iam/role:Role", object{"assumeRolePolicy": `{"Version": "2012-10-17"}`},
			object{"assumeRolePolicy": `{"Version":"2012-10-17"}`}, ""},
		"an OIDC issuer without its scheme": {"aws:iam/openIdConnectProvider:OpenIdConnectProvider", object{"url": "oidc.eks/id/A"}, object{"url": "https://oidc.eks/id/A"}, ""},
		"a key by its ARN":                  {"aws:kms/alias:Alias", object{"targetKeyId": "k"}, object{"targetKeyId": "arn:aws:kms:x:1:key/k"}, ""},
		"a tenancy that becomes dedicated":  {"aws:ec2/vpc:Vpc", object{"instanceTenancy": "default"}, object{"instanceTenancy": "dedicated"}, "instanceTenancy!"},
		"a tenancy that ends":               {"aws:ec2/vpc:Vpc", object{"instanceTenancy": "dedicated"}, object{"instanceTenancy": "default"}, "instanceTenancy"},
		"private DNS of a gateway": {"aws:ec2/vpcEndpoint:VpcEndpoint", object{"vpcEndpointType": "Gateway", "privateDnsEnabled": false},
			object{"vpcEndpointType": "Gateway", "privateDnsEnabled": true}, "privateDnsEnabled!"},
		"an IPv6 network of a subnet that assigns addresses from it": {"aws:ec2/subnet:Subnet",
			object{"ipv6CidrBlock": "2001:db8::/64", "assignIpv6AddressOnCreation": true},
			object{"ipv6CidrBlock": "2001:db8:0:1::/64", "assignIpv6AddressOnCreation": true}, "ipv6CidrBlock!"},
		"rules of a group that are resources of their own": {"aws:ec2/securityGroup:SecurityGroup", object{"name": "g", "ingress": []any{object{"protocol": "tcp"}}},
			object{"name": "g"}, ""},
	} {
		if got := diffText(t, test.typ, test.state, test.news); got != test.want {
			t.Errorf("%s: the difference is %q, want %q", name, got, test.want)
		}
	}
}

func TestAnIgnoredChangeIsNotADifferenceFromTheAccountEither(t *testing.T) {
	state := object{"scalingConfig": object{"minSize": 1.0, "desiredSize": 5.0, "maxSize": 9.0}}
	news := object{"scalingConfig": object{"minSize": 1.0, "desiredSize": 2.0, "maxSize": 9.0}}
	if got := diffText(t, aGroup, state, news, "scalingConfig.desiredSize"); got != "" {
		t.Errorf("the difference is %q", got)
	}
	if got := diffText(t, aGroup, state, news); got != "scalingConfig.desiredSize" {
		t.Errorf("without ignoreChanges the difference is %q", got)
	}
}

// A node group refers to the version of its launch template: a preview that used the old version would report no change
// of the node group.
func TestTheNextVersionOfALaunchTemplateIsUnknownInAPreview(t *testing.T) {
	for _, test := range []struct {
		change object
		want   []resource.PropertyKey
	}{
		{object{"userData": "b", "updateDefaultVersion": true}, []resource.PropertyKey{"defaultVersion", "latestVersion"}},
		{object{"userData": "b"}, []resource.PropertyKey{"latestVersion"}},
		{object{"userData": "a", "description": "d", "updateDefaultVersion": true}, nil},
	} {
		olds := object{"userData": "a", "latestVersion": 1.0, "defaultVersion": 1.0}
		if test.change["updateDefaultVersion"] != nil {
			olds["updateDefaultVersion"] = true
		}
		response, err := anAWS(t, &providertest.World{}).Update(ctx, plugin.UpdateRequest{URN: urn(aTemplate, "x"), Type: aTemplate, ID: "lt-1",
			OldOutputs: properties(olds), NewInputs: properties(test.change), Preview: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, output := range []resource.PropertyKey{"defaultVersion", "latestVersion"} {
			if response.Properties[output].IsComputed() != slices.Contains(test.want, output) {
				t.Errorf("%v: %s is %v", test.change, output, response.Properties[output])
			}
		}
	}
}

// What AWS computes inside an object of the program's stays known while the object changes: what uses it is not shown
// as changed.
func TestAPreviewKeepsWhatIsComputedInAnObjectThatChanges(t *testing.T) {
	olds := object{"vpcConfig": object{"subnetIds": []any{"subnet-1"}, "publicAccessCidrs": []any{"10.0.0.0/8"}, "clusterSecurityGroupId": "sg-1", "endpointPublicAccess": true}}
	response, err := anAWS(t, &providertest.World{}).Update(ctx, plugin.UpdateRequest{URN: urn(aCluster, "x"), Type: aCluster, ID: "x", OldOutputs: properties(olds),
		NewInputs: properties(object{"vpcConfig": object{"subnetIds": []any{"subnet-2"}, "publicAccessCidrs": []any{"10.1.0.0/16"}}}), Preview: true})
	if err != nil {
		t.Fatal(err)
	}
	want := object{"subnetIds": []any{"subnet-2"}, "publicAccessCidrs": []any{"10.1.0.0/16"}, "clusterSecurityGroupId": "sg-1"}
	if got := response.Properties["vpcConfig"]; !got.DeepEquals(property(want)) {
		t.Errorf("the preview has vpcConfig %v, want %v", got, want)
	}
}

// Refresh writes what it reads into the state: inputs that the program never set would look like the program's own.
func TestARefreshReadsTheInputsThatTheProgramSetAndNoOthers(t *testing.T) {
	w, typ := &providertest.World{}, aCluster
	p := configure(t, providers.AWS(w.AWS)(version), object{"region": "us-east-1"})
	given := object{"name": "c", "roleArn": "r", "vpcConfig": object{"subnetIds": []any{"a", "b"}}}
	inputs := mustCheck(t, p, typ, "c", nil, given, "")
	created, err := p.Create(ctx, plugin.CreateRequest{URN: urn(typ, "c"), Type: tokens.Type(typ), Properties: inputs})
	if err != nil {
		t.Fatal(err)
	}
	read := func() resource.PropertyMap {
		response, err := p.Read(ctx, plugin.ReadRequest{URN: urn(typ, "c"), Type: tokens.Type(typ), ID: created.ID, Inputs: inputs, State: created.Properties})
		if err != nil {
			t.Fatal(err)
		}
		return response.Inputs
	}
	if got := read(); !got.DeepEquals(inputs) {
		t.Errorf("the inputs are %v and were %v", got, inputs)
	}
	w.Change(typ, changeNetwork("endpointPrivateAccess", true))
	if got := read(); !got.DeepEquals(inputs) {
		t.Errorf("a property that the program left out is an input now: %v", got)
	}
	w.Change(typ, changeNetwork("subnetIds", []any{"b", "c"}))
	if got := read()["vpcConfig"]; !got.DeepEquals(property(object{"subnetIds": []any{"b", "c"}})) {
		t.Errorf("the changed subnets are read as %v", got)
	}
}

// changeNetwork changes a property of a cluster's network in the account.
func changeNetwork(name string, value any) func(*world.Object) bool {
	return func(o *world.Object) bool {
		o.Outputs["vpcConfig"].(object)[name] = value
		return true
	}
}

// An input that is not an output could not be compared with the state.
func TestEveryInputOfTheAWSTypesIsInTheirState(t *testing.T) {
	for _, token := range schema.Tokens() {
		typ, err := schema.ForResource(token)
		if err != nil || !strings.HasPrefix(token, "aws:") {
			continue
		}
		names, _ := typ.Fields("")
		for _, name := range names {
			if !typ.Has(name) {
				t.Errorf("%s has the input %s but no such output", token, name)
			}
		}
	}
}
