package providers_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/providers/providertest"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
)

func kubeconfig(server, user string) string {
	return fmt.Sprintf(`{"current-context":"c","contexts":[{"name":"c","context":{"cluster":"k","user":"u"}}],
"clusters":[{"name":"k","cluster":{"server":%q}}],"users":[{"name":"u","user":{"token":%q}}]}`, server, user)
}

func TestTheAWSProviderRequiresARegionAndRefusesUnknownSettings(t *testing.T) {
	p := providers.AWS((&providertest.World{}).AWS)(version)
	for _, test := range []struct {
		config object
		want   string
	}{
		{object{"region": "us-east-1", "allowedAccountIds": `["111122223333"]`, "skipRegionValidation": "true"}, ""},
		{object{"region": unknown}, ""},
		{object{}, "aws:region is missing"},
		{object{"region": "us-east-1", "alowedAccountIds": `["1"]`}, `did you mean "allowedAccountIds"?`},
		{object{"region": "us-east-1", "allowedAccountIds": `"111122223333"`}, "accepted: list of string"},
		{object{"region": "us-east-1", "allowedAccountIds": `[111122223333]`}, "accepted: string"},
		{object{"region": "us-east-1", "endpoints": `[{"eks": "https://x"}]`}, "aws:endpoints is not simulated"},
	} {
		response, err := p.CheckConfig(ctx, plugin.CheckConfigRequest{News: properties(test.config)})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case test.want == "" && len(response.Failures) > 0:
			t.Errorf("%v: %v", test.config, response.Failures)
		case test.want != "" && (len(response.Failures) != 1 || !strings.Contains(response.Failures[0].Reason, test.want)):
			t.Errorf("%v: %v; want %q", test.config, response.Failures, test.want)
		}
	}
}

func TestTheSimulatedAccountReceivesTheAllowedAccounts(t *testing.T) {
	w := &providertest.World{}
	configure(t, providers.AWS(w.AWS)(version), object{
		"region": "us-east-1", "allowedAccountIds": `["111122223333"]`, "defaultTags": `{"tags":{"team":"platform"}}`, "version": "6.83.2",
	})
	want := []world.AWSConfig{{Region: "us-east-1", Accounts: []string{"111122223333"}, Tags: map[string]string{"team": "platform"}}}
	if !reflect.DeepEqual(w.Configs(), want) {
		t.Errorf("opened %+v, want %+v", w.Configs(), want)
	}
}

func TestTheSimulatedAccountReceivesTheCredentialsOfTheProvider(t *testing.T) {
	w := &providertest.World{}
	configure(t, providers.AWS(w.AWS)(version), object{
		"region": "us-east-1", "profile": "prod", "assumeRole": `{"roleArn":"arn:aws:iam::111122223333:role/ci","sessionName":"build"}`,
	})
	want := world.SignIn{Profile: "prod", Role: "arn:aws:iam::111122223333:role/ci", Session: "build"}
	if opened := w.Configs(); len(opened) != 1 || opened[0].SignIn != want {
		t.Errorf("opened %+v, want %+v", opened, want)
	}
}

func TestARefusedAccountFailsTheProvider(t *testing.T) {
	p := providers.AWS(func(world.AWSConfig) (world.Client, error) {
		return nil, fmt.Errorf("AWS account ID not allowed: 1")
	})(version)
	_, err := p.Configure(ctx, plugin.ConfigureRequest{Inputs: properties(object{"region": "us-east-1"})})
	if err == nil || !strings.Contains(err.Error(), "not allowed") {
		t.Errorf("the error is %v", err)
	}
}

func TestDefaultTagsAreOnAllResourcesAndTheResourcesOwnTakePrecedence(t *testing.T) {
	w := &providertest.World{}
	p := configure(t, providers.AWS(w.AWS)(version), object{"region": "us-east-1", "defaultTags": `{"tags":{"team":"platform","env":"dev"}}`})
	typ := "aws:ec2/vpc:Vpc"
	inputs := mustCheck(t, p, typ, "vpc", nil, object{"tags": object{"env": "prod"}}, "")
	created, err := p.Create(ctx, plugin.CreateRequest{URN: urn(typ, "vpc"), Type: "aws:ec2/vpc:Vpc", Properties: inputs})
	if err != nil {
		t.Fatal(err)
	}
	want := property(object{"team": "platform", "env": "prod"})
	if !inputs["tags"].DeepEquals(want) || !created.Properties["tagsAll"].DeepEquals(want) {
		t.Errorf("tags %v, tagsAll %v, want %v", inputs["tags"], created.Properties["tagsAll"], want)
	}
	later := configure(t, providers.AWS(w.AWS)(version), object{"region": "us-east-1", "defaultTags": `{"tags":{"team":"core"}}`})
	if after := mustCheck(t, later, typ, "vpc", inputs, object{}, ""); !after["tags"].DeepEquals(property(object{"team": "core"})) {
		t.Errorf("after the default tags changed the resource has %v", after["tags"])
	}
	if route := mustCheck(t, p, "aws:ec2/route:Route", "r", nil, object{"routeTableId": "rtb-1"}, ""); route.HasValue("tags") {
		t.Errorf("a route, which has no tags, got %v", route["tags"])
	}
}

func TestAChangedKubeconfigReplacesOnlyIfTheClusterMayBeAnother(t *testing.T) {
	p := providers.Kubernetes((&providertest.World{}).Kubernetes)(version)
	for _, test := range []struct {
		name       string
		olds, news object
		want       bool
	}{
		{"the same identifier", object{"kubeconfig": kubeconfig("https://a", "1"), "clusterIdentifier": "c"}, object{"kubeconfig": kubeconfig("https://b", "1"), "clusterIdentifier": "c"}, false},
		{"the same identifier, kubeconfig unknown", object{"kubeconfig": kubeconfig("https://a", "1"), "clusterIdentifier": "c"}, object{"kubeconfig": unknown, "clusterIdentifier": "c"}, false},
		{"another identifier", object{"kubeconfig": kubeconfig("https://a", "1"), "clusterIdentifier": "c"}, object{"kubeconfig": kubeconfig("https://a", "1"), "clusterIdentifier": "d"}, true},
		{"another server", object{"kubeconfig": kubeconfig("https://a", "1")}, object{"kubeconfig": kubeconfig("https://b", "1")}, true},
		{"another user of the same server", object{"kubeconfig": kubeconfig("https://a", "1")}, object{"kubeconfig": kubeconfig("https://a", "2")}, false},
		{"kubeconfig unknown", object{"kubeconfig": kubeconfig("https://a", "1")}, object{"kubeconfig": unknown}, true},
	} {
		result, err := p.DiffConfig(ctx, plugin.DiffConfigRequest{OldInputs: properties(test.olds), NewInputs: properties(test.news)})
		if err != nil || result.Changes != plugin.DiffSome || result.Replace() != test.want {
			t.Errorf("%s: %+v %v; want replace %v", test.name, result, err, test.want)
		}
	}
}

func TestTheKubernetesProviderRefusesUnknownSettings(t *testing.T) {
	p := providers.Kubernetes((&providertest.World{}).Kubernetes)(version)
	for _, test := range []struct {
		config object
		want   string
	}{
		{object{"kubeconfig": kubeconfig("https://a", "x"), "enableServerSideApply": "true", "clusterIdentifier": "c"}, ""},
		{object{"kubeconfig": unknown}, ""},
		{object{"kubeconfig": "{}"}, "no cluster for its current context"},
		{object{"kubeconfig": unknown, "renderYamlToDirectory": "out"}, "kubernetes:renderYamlToDirectory is not simulated"},
		{object{"kubeconfg": "{}"}, `did you mean "kubeconfig"?`},
	} {
		response, err := p.CheckConfig(ctx, plugin.CheckConfigRequest{News: properties(test.config)})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case test.want == "" && len(response.Failures) > 0:
			t.Errorf("%v: %v", test.config, response.Failures)
		case test.want != "" && (len(response.Failures) != 1 || !strings.Contains(response.Failures[0].Reason, test.want)):
			t.Errorf("%v: %v; want %q", test.config, response.Failures, test.want)
		}
	}
}

func TestAnotherRegionReplacesTheProvider(t *testing.T) {
	p := providers.AWS((&providertest.World{}).AWS)(version)
	result, err := p.DiffConfig(ctx, plugin.DiffConfigRequest{OldInputs: properties(object{"region": "us-east-1"}), NewInputs: properties(object{"region": "us-east-2"})})
	if err != nil || !result.Replace() {
		t.Errorf("%+v %v", result, err)
	}
	result, err = p.DiffConfig(ctx, plugin.DiffConfigRequest{OldInputs: properties(object{"region": "r"}), NewInputs: properties(object{"region": "r", "defaultTags": `{"tags":{}}`})})
	if err != nil || result.Replace() || result.Changes != plugin.DiffSome {
		t.Errorf("%+v %v", result, err)
	}
}

func TestAKubernetesObjectGetsAnAutomaticNameAsFromTheRealProvider(t *testing.T) {
	p := aKubernetes(t, &providertest.World{})
	typ := "kubernetes:apps/v1:Deployment"
	news := object{"metadata": object{"labels": object{"app": "web"}}}
	first := mustCheck(t, p, typ, "web", nil, news, "1")
	metadata := first["metadata"].ObjectValue()
	name := metadata["name"].StringValue()
	if !strings.HasPrefix(name, "web-") || len(name) != len("web-")+8 || metadata["annotations"].ObjectValue()["pulumi.com/autonamed"].StringValue() != "true" {
		t.Errorf("metadata is %v", metadata)
	}
	if first["apiVersion"].StringValue() != "apps/v1" || first["kind"].StringValue() != "Deployment" {
		t.Errorf("%v %v", first["apiVersion"], first["kind"])
	}
	if later := mustCheck(t, p, typ, "web", first, news, "2"); !later.DeepEquals(first) {
		t.Errorf("the next check returned %v", later)
	}
	own := mustCheck(t, p, typ, "web", nil, object{"metadata": object{"name": "mine"}}, "1")
	if !own["metadata"].DeepEquals(property(object{"name": "mine"})) {
		t.Errorf("the operator's own metadata became %v", own["metadata"])
	}
}

func TestAReleaseKeepsItsAutomaticName(t *testing.T) {
	p := aKubernetes(t, &providertest.World{})
	typ := "kubernetes:helm.sh/v3:Release"
	first := mustCheck(t, p, typ, "lbc", nil, object{"chart": "c"}, "1")
	later := mustCheck(t, p, typ, "lbc", first, object{"chart": "c"}, "2")
	if !strings.HasPrefix(first["name"].StringValue(), "lbc-") || !later["name"].DeepEquals(first["name"]) {
		t.Errorf("%v, then %v", first["name"], later["name"])
	}
}
