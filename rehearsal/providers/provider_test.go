package providers_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/providers/providertest"
	"eksnet/rehearsal/world"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

var (
	ctx     = context.Background()
	version = semver.MustParse("1.2.3")
	unknown = resource.MakeComputed(resource.NewProperty(""))
)

// properties returns a PropertyMap of Go values; a resource.PropertyValue is used unchanged.
func properties(values map[string]any) resource.PropertyMap {
	built := resource.PropertyMap{}
	for name, value := range values {
		built[resource.PropertyKey(name)] = property(value)
	}
	return built
}

func property(value any) resource.PropertyValue {
	switch v := value.(type) {
	case resource.PropertyValue:
		return v
	case map[string]any:
		return resource.NewProperty(properties(v))
	default:
		return resource.NewPropertyValue(v)
	}
}

type object = map[string]any

func urn(typ, name string) resource.URN {
	return resource.NewURN("test", "eksnet", "", tokens.Type(typ), name)
}

// configure configures a provider and returns it.
func configure(t *testing.T, p plugin.Provider, config object) plugin.Provider {
	t.Helper()
	if _, err := p.Configure(ctx, plugin.ConfigureRequest{Inputs: properties(config)}); err != nil {
		t.Fatal(err)
	}
	return p
}

func anAWS(t *testing.T, w *providertest.World) plugin.Provider {
	return configure(t, providers.AWS(w.AWS)(version), object{"region": "us-east-1"})
}

func aKubernetes(t *testing.T, w *providertest.World) plugin.Provider {
	return configure(t, providers.Kubernetes(w.Kubernetes)(version), object{"kubeconfig": kubeconfig("https://a", "x")})
}

// mustCheck returns the result of a Check that has to pass.
func mustCheck(t *testing.T, p plugin.Provider, typ, name string, olds resource.PropertyMap, news object, seed string) resource.PropertyMap {
	t.Helper()
	response, err := p.Check(ctx, plugin.CheckRequest{URN: urn(typ, name), Olds: olds, News: properties(news), RandomSeed: []byte(seed)})
	if err != nil || len(response.Failures) > 0 {
		t.Fatalf("%v %v", err, response.Failures)
	}
	return response.Properties
}

func diff(t *testing.T, p plugin.Provider, typ string, olds, news resource.PropertyMap) plugin.DiffResult {
	t.Helper()
	result, err := p.Diff(ctx, plugin.DiffRequest{URN: urn(typ, "x"), Type: tokens.Type(typ), OldInputs: olds, NewInputs: news})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestAMisspelledPropertyIsRefusedBeforeAnyCall(t *testing.T) {
	w := &providertest.World{}
	response, err := anAWS(t, w).Check(ctx, plugin.CheckRequest{
		URN: urn("aws:ec2/vpc:Vpc", "vpc"), News: properties(object{"cidrBlok": "10.0.0.0/16"}),
	})
	if err != nil || len(response.Failures) != 1 || !strings.Contains(response.Failures[0].Reason, `did you mean "cidrBlock"?`) {
		t.Errorf("%v %v", err, response.Failures)
	}
}

func TestATypeThatIsNotSimulatedIsRefused(t *testing.T) {
	_, err := anAWS(t, &providertest.World{}).Check(ctx, plugin.CheckRequest{
		URN: urn("aws:s3/bucket:Bucket", "b"), News: resource.PropertyMap{},
	})
	if err == nil || !strings.Contains(err.Error(), "not simulated") {
		t.Errorf("the error is %v", err)
	}
}

func TestAnOutputThatTheSDKDoesNotHaveIsAnError(t *testing.T) {
	p := configure(t, providers.AWS(func(world.AWSConfig) (world.Client, error) { return misspellingClient{}, nil })(version), object{"region": "us-east-1"})
	_, err := p.Create(ctx, plugin.CreateRequest{URN: urn("aws:ec2/vpc:Vpc", "vpc"), Type: "aws:ec2/vpc:Vpc", Properties: resource.PropertyMap{}})
	if err == nil || !strings.Contains(err.Error(), `no property "arm"; did you mean "arn"?`) {
		t.Errorf("the error is %v", err)
	}
}

// misspellingClient is a client that returns a misspelled output.
type misspellingClient struct{ world.Client }

func (w misspellingClient) With(world.Terms) world.Client { return w }

func (misspellingClient) Create(string, world.Properties) (world.Object, error) {
	return world.Object{ID: "vpc-1", Outputs: object{"arm": "x"}}, nil
}

func TestAnAutomaticNameIsKeptAndAReplacementGetsAnother(t *testing.T) {
	w := &providertest.World{Fill: func(_, name string, seed []byte, inputs world.Properties) {
		if inputs["name"] == nil {
			inputs["name"] = name + "-" + string(seed)
		}
	}}
	p, typ := anAWS(t, w), "aws:iam/role:Role"
	news := object{"assumeRolePolicy": "{}"}
	first := mustCheck(t, p, typ, "node", nil, news, "1")
	later := mustCheck(t, p, typ, "node", first, news, "2")
	if !later["name"].DeepEquals(first["name"]) || diff(t, p, typ, first, later).Changes != plugin.DiffNone {
		t.Errorf("the name changed from %v to %v", first["name"], later["name"])
	}
	if replacement := mustCheck(t, p, typ, "node", nil, news, "3"); replacement["name"].DeepEquals(first["name"]) {
		t.Error("a replacement got the old one's name")
	}
	own := mustCheck(t, p, typ, "node", nil, object{"assumeRolePolicy": "{}", "name": "mine"}, "4")
	if without := mustCheck(t, p, typ, "node", own, news, "5"); without["name"].StringValue() != "node-5" {
		t.Errorf("the operator's own name is still %v after it was removed", without["name"])
	}
}

func TestOnlyAChangeThatCannotBeMadeInPlaceReplaces(t *testing.T) {
	w := &providertest.World{Fixed: map[string][]string{"aws:eks/cluster:Cluster": {"name", "vpcConfig.subnetIds", "encryptionConfig.provider.keyArn"}}}
	p, typ := anAWS(t, w), "aws:eks/cluster:Cluster"
	network := func(subnets []any, private bool) object {
		return object{"subnetIds": subnets, "endpointPublicAccess": true, "endpointPrivateAccess": private}
	}
	base := object{"name": "c", "version": "1.34", "vpcConfig": network([]any{"a", "b"}, true)}
	for _, test := range []struct {
		change  object
		changed string
		replace bool
	}{
		{object{"version": "1.35"}, "version", false},
		{object{"name": "d"}, "name", true},
		{object{"vpcConfig": network([]any{"a", "b"}, false)}, "vpcConfig", false},
		{object{"vpcConfig": network([]any{"a", "c"}, true)}, "vpcConfig", true},
		{object{"vpcConfig": unknown}, "vpcConfig", true},
		{object{"encryptionConfig": object{"provider": object{"keyArn": "k"}}}, "encryptionConfig", true},
		{object{"encryptionConfig": object{"resources": []any{"secrets"}}}, "encryptionConfig", false},
	} {
		news := properties(base)
		for name, value := range test.change {
			news[resource.PropertyKey(name)] = property(value)
		}
		result := diff(t, p, typ, properties(base), news)
		if result.Changes != plugin.DiffSome || !slices.Equal(result.ChangedKeys, []resource.PropertyKey{resource.PropertyKey(test.changed)}) {
			t.Errorf("%v: changed %v", test.change, result.ChangedKeys)
		}
		if result.Replace() != test.replace {
			t.Errorf("%v: replace is %v, want %v (%v)", test.change, result.Replace(), test.replace, result.DetailedDiff)
		}
	}
}

func TestAReplacementWithAGivenNameDeletesFirst(t *testing.T) {
	w := &providertest.World{Fixed: map[string][]string{"aws:eks/nodeGroup:NodeGroup": {"amiType"}, "kubernetes:core/v1:Service": {"spec.type"}}}
	for _, test := range []struct {
		p          plugin.Provider
		typ        string
		olds, news object
		want       bool
	}{
		{anAWS(t, w), "aws:eks/nodeGroup:NodeGroup", object{"nodeGroupName": "n", "amiType": "A"}, object{"nodeGroupName": "n", "amiType": "B"}, true},
		{anAWS(t, w), "aws:eks/nodeGroup:NodeGroup", object{"nodeGroupName": "n", "amiType": "A"},
			object{"nodeGroupName": "n", "amiType": "B", "__defaults": []any{"nodeGroupName"}}, false},
		{aKubernetes(t, w), "kubernetes:core/v1:Service", object{"metadata": object{"name": "a"}, "spec": object{"type": "A"}},
			object{"metadata": object{"name": "a"}, "spec": object{"type": "B"}}, true},
		{aKubernetes(t, w), "kubernetes:core/v1:Service", object{"metadata": object{"name": "a"}, "spec": object{"type": "A"}},
			object{"metadata": object{"name": "a", "annotations": object{"pulumi.com/autonamed": "true"}}, "spec": object{"type": "B"}}, false},
	} {
		result := diff(t, test.p, test.typ, properties(test.olds), properties(test.news))
		if !result.Replace() || result.DeleteBeforeReplace != test.want {
			t.Errorf("%v: deletes first is %v, want %v", test.news, result.DeleteBeforeReplace, test.want)
		}
	}
}

func TestASecretIsDecryptedForTheAccountAndEncryptedInTheState(t *testing.T) {
	w := &providertest.World{}
	p, typ := anAWS(t, w), "aws:ec2/vpc:Vpc"
	inputs := mustCheck(t, p, typ, "vpc", nil, object{"cidrBlock": "10.0.0.0/16",
		"tags": object{"Open": "a", "Token": resource.MakeSecret(resource.NewProperty("hunter2"))}}, "")
	created, err := p.Create(ctx, plugin.CreateRequest{URN: urn(typ, "vpc"), Type: tokens.Type(typ), Properties: inputs})
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range w.Objects() {
		if made.Inputs["tags"].(object)["Token"] != "hunter2" {
			t.Errorf("the simulated account received %v", made.Inputs)
		}
	}
	read, err := p.Read(ctx, plugin.ReadRequest{URN: urn(typ, "vpc"), Type: tokens.Type(typ), ID: created.ID, Inputs: inputs, State: created.Properties})
	if err != nil {
		t.Fatal(err)
	}
	for name, found := range map[string]resource.PropertyMap{"checked": inputs, "created": created.Properties, "read": read.Outputs, "read inputs": read.Inputs} {
		tags := found["tags"].ObjectValue()
		if !tags["Token"].IsSecret() || tags["Open"].IsSecret() {
			t.Errorf("%s: %v", name, tags)
		}
	}
}

func TestInAPreviewOnlyTheInputsAreKnown(t *testing.T) {
	w := &providertest.World{}
	created, err := anAWS(t, w).Create(ctx, plugin.CreateRequest{
		URN: urn("aws:ec2/vpc:Vpc", "vpc"), Type: "aws:ec2/vpc:Vpc", Properties: properties(object{"cidrBlock": "10.0.0.0/16"}), Preview: true,
	})
	if err != nil || len(w.Objects()) != 0 {
		t.Fatalf("%v %v", err, w.Objects())
	}
	if !created.Properties["arn"].IsComputed() || created.Properties["cidrBlock"].StringValue() != "10.0.0.0/16" {
		t.Errorf("planned %v", created.Properties)
	}
}

func TestAProviderOfAnUnknownClusterStillChecksNamesAndTypes(t *testing.T) {
	p := configure(t, providers.Kubernetes((&providertest.World{}).Kubernetes)(version), object{"kubeconfig": unknown})
	typ := "kubernetes:core/v1:Namespace"
	response, err := p.Check(ctx, plugin.CheckRequest{URN: urn(typ, "demo"), News: properties(object{"metadta": object{}})})
	if err != nil || len(response.Failures) != 1 {
		t.Errorf("%v %v", err, response.Failures)
	}
	mustCheck(t, p, typ, "demo", nil, object{"metadata": object{"name": "demo"}}, "")
	created, err := p.Create(ctx, plugin.CreateRequest{URN: urn(typ, "demo"), Type: tokens.Type(typ), Properties: resource.PropertyMap{}, Preview: true})
	if err != nil || !created.Properties["status"].IsComputed() {
		t.Errorf("%v %v", created.Properties, err)
	}
}

func TestAnUnreadyResourceKeepsItsIdentity(t *testing.T) {
	w := &providertest.World{Fail: func(string, string, world.Properties) error {
		return &world.Incomplete{Reasons: []string{"no endpoints"}}
	}}
	created, err := anAWS(t, w).Create(ctx, plugin.CreateRequest{URN: urn("aws:ec2/vpc:Vpc", "vpc"), Type: "aws:ec2/vpc:Vpc", Properties: resource.PropertyMap{}})
	var unready *plugin.InitError
	if !errors.As(err, &unready) || created.ID == "" || created.Status != resource.StatusPartialFailure || unready.Reasons[0] != "no endpoints" {
		t.Errorf("%+v %v", created, err)
	}
}

// The aws provider reads a resource once it is ready, and makes no call in the update with which the engine continues a
// failed create.
func TestAResourceOfAWSThatIsNotReadyKeepsItsInputsAndIsNotContinued(t *testing.T) {
	w := &providertest.World{Fail: func(op, _ string, _ world.Properties) error {
		if op != "create" {
			return nil
		}
		return &world.Incomplete{Reasons: []string{"timeout"}}
	}}
	inputs := properties(object{"cidrBlock": "10.0.0.0/16"})
	for _, test := range []struct {
		p         plugin.Provider
		typ       string
		inputs    resource.PropertyMap
		continued bool
	}{
		{anAWS(t, w), "aws:ec2/vpc:Vpc", inputs, false},
		{aKubernetes(t, w), "kubernetes:core/v1:Namespace", properties(object{"metadata": object{"name": "a"}}), true},
	} {
		created, err := test.p.Create(ctx, plugin.CreateRequest{URN: urn(test.typ, "x"), Type: tokens.Type(test.typ), Properties: test.inputs})
		if err == nil {
			t.Fatalf("%s is ready", test.typ)
		}
		if test.typ == "aws:ec2/vpc:Vpc" && (created.Properties.HasValue("arn") || !created.Properties.HasValue("cidrBlock")) {
			t.Errorf("the state holds %v", created.Properties)
		}
		before := len(w.Calls())
		_, err = test.p.Update(ctx, plugin.UpdateRequest{URN: urn(test.typ, "x"), Type: tokens.Type(test.typ), ID: created.ID,
			OldInputs: test.inputs, NewInputs: test.inputs, OldOutputs: created.Properties})
		if err != nil || (len(w.Calls()) > before) != test.continued {
			t.Errorf("%s: an update without a change calls %v, %v", test.typ, w.Calls()[before:], err)
		}
	}
}

func TestTheArgumentsOfAFunctionAreChecked(t *testing.T) {
	p := anAWS(t, &providertest.World{})
	response, err := p.Invoke(ctx, plugin.InvokeRequest{Tok: "aws:index/getPartition:getPartition", Args: resource.PropertyMap{}})
	if err != nil || response.Properties["partition"].StringValue() != "aws" {
		t.Errorf("%v %v", response, err)
	}
	response, err = p.Invoke(ctx, plugin.InvokeRequest{Tok: "aws:index/getAvailabilityZones:getAvailabilityZones", Args: properties(object{"stat": "available"})})
	if err != nil || len(response.Failures) != 1 || !strings.Contains(response.Failures[0].Reason, `did you mean "state"?`) {
		t.Errorf("%v %v", response, err)
	}
	if _, err := p.Invoke(ctx, plugin.InvokeRequest{Tok: "aws:ec2/getAmi:getAmi", Args: resource.PropertyMap{}}); err == nil {
		t.Error("a function that is not simulated returned no error")
	}
}

// definitionClient is a client that returns a definition with a schema.
type definitionClient struct{ world.Client }

func (c definitionClient) With(world.Terms) world.Client { return c }

func (definitionClient) Create(string, world.Properties) (world.Object, error) {
	return world.Object{ID: "webs.example.com", Outputs: object{"kind": "CustomResourceDefinition", "spec": object{
		"versions": []any{object{"x-kubernetes-list-map-keys": []any{"x-kubernetes-name"}}}}}}, nil
}

// The names of properties have no dashes.
func TestTheExtensionsOfASchemaHaveUnderscoresInTheState(t *testing.T) {
	const typ = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
	p := configure(t, providers.Kubernetes(func(string) (world.Client, error) { return definitionClient{}, nil })(version), object{"kubeconfig": kubeconfig("https://a", "x")})
	made, err := p.Create(ctx, plugin.CreateRequest{URN: urn(typ, "web"), Type: typ, Properties: resource.PropertyMap{}})
	if err != nil {
		t.Fatal(err)
	}
	want := properties(object{"versions": []any{object{"x_kubernetes_list_map_keys": []any{"x-kubernetes-name"}}}})
	if got := made.Properties["spec"]; !got.DeepEquals(resource.NewProperty(want)) {
		t.Errorf("the spec is %v, want %v", got, want)
	}
}
