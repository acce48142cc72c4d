package providers

import (
	"fmt"
	"slices"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// awsPackage is what is special to the aws provider.
type awsPackage struct {
	connect AWSConnect

	tags map[string]any
}

// simulated are the settings of the aws provider that a rehearsal understands.
var simulated = []string{"region", "allowedAccountIds", "defaultTags", "profile", "assumeRole"}

// immaterial are settings that only say with which keys to sign in and which checks to skip: a rehearsal signs in nowhere.
var immaterial = []string{
	"accessKey", "assumeRoleWithWebIdentity", "maxRetries", "retryMode", "secretKey",
	"sharedConfigFiles", "sharedCredentialsFiles", "skipCredentialsValidation", "skipMetadataApiCheck",
	"skipRegionValidation", "skipRequestingAccountId", "stsRegion", "token",
}

func (a *awsPackage) checkConfig(config world.Properties) []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	for _, name := range sortedKeys(config) {
		if !slices.Contains(simulated, name) && !slices.Contains(immaterial, name) {
			failures = append(failures, plugin.CheckFailure{
				Property: resource.PropertyKey(name),
				Reason:   fmt.Sprintf("aws:%s is not simulated by the rehearsal; it understands aws:region, aws:allowedAccountIds, aws:defaultTags, aws:profile and aws:assumeRole", name),
			})
		}
	}
	if config["region"] == nil || config["region"] == "" {
		failures = append(failures, plugin.CheckFailure{
			Property: "region",
			Reason:   "aws:region is missing; give the stack a region, such as `aws:region: us-east-1`",
		})
	}
	return failures
}

// diffConfig replaces the provider for another region: none of its resources is there.
func (a *awsPackage) diffConfig(_, _ world.Properties, changed []resource.PropertyKey) []resource.PropertyKey {
	if slices.Contains(changed, "region") {
		return []resource.PropertyKey{"region"}
	}
	return nil
}

func (a *awsPackage) open(properties world.Properties) (world.Client, error) {
	region, _ := properties["region"].(string)
	var accounts []string
	allowed, _ := properties["allowedAccountIds"].([]any)
	for _, account := range allowed {
		id, _ := account.(string)
		accounts = append(accounts, id)
	}
	defaults, _ := properties["defaultTags"].(map[string]any)
	a.tags, _ = defaults["tags"].(map[string]any)
	tags := map[string]string{}
	for key, value := range a.tags {
		tags[key], _ = value.(string)
	}
	return a.connect(world.AWSConfig{Region: region, Accounts: accounts, Tags: tags, SignIn: signIn(properties)})
}

// signIn is with whose credentials a configuration calls.
func signIn(properties world.Properties) world.SignIn {
	role, _ := properties["assumeRole"].(map[string]any)
	s := world.SignIn{}
	s.Profile, _ = properties["profile"].(string)
	s.Role, _ = role["roleArn"].(string)
	s.Session, _ = role["sessionName"].(string)
	return s
}

// prepare merges the default tags into the resource's own, which win.
func (a *awsPackage) prepare(check preparation) []string {
	typ, err := schema.ForResource(check.typ)
	if err != nil || !typ.Has("tagsAll") || len(a.tags) == 0 {
		return nil
	}
	own := check.inputs["tags"]
	if own == (world.Unknown{}) {
		return nil
	}
	merged := map[string]any{}
	for key, value := range a.tags {
		merged[key] = value
	}
	if tags, ok := own.(map[string]any); ok {
		for key, value := range tags {
			merged[key] = value
		}
	}
	check.inputs["tags"] = merged
	return nil
}

// diff compares what the state holds with inputs. A resource that an interrupted operation left has no outputs yet: its inputs are all that is known.
func (a *awsPackage) diff(typ *schema.Resource, req plugin.DiffRequest, forceNew []string) (plugin.DiffResult, error) {
	recorded := req.OldOutputs
	if len(recorded) == 0 {
		recorded = req.OldInputs
	}
	state, err := toWorld(recorded)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	inputs, err := toWorld(req.NewInputs)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	return diffState(typ, state, inputs, forceNew, req.IgnoreChanges)
}

func (a *awsPackage) renews(typ *schema.Resource, olds, news world.Properties) []string {
	return renewed(typ.Token, differencesOf(typ, olds, news), news)
}

// readInputs are the old inputs, each with the value that the account has where that differs: what the program left out stays out
// (pulumi-terraform-bridge, pkg/tfbridge/schema.go, extractInputs).
func (a *awsPackage) readInputs(typ *schema.Resource, object world.Object, outputs, olds resource.PropertyMap) (resource.PropertyMap, error) {
	if len(olds) == 0 {
		return inputsOf(object, olds)
	}
	before, err := toWorld(olds)
	if err != nil {
		return nil, err
	}
	state, err := toWorld(outputs)
	if err != nil {
		return nil, err
	}
	for _, d := range differencesOf(typ, state, before) {
		name := d.path[0].(string)
		if _, given := before[name]; given {
			before[name] = extract(typ, name, state[name], before[name])
		}
	}
	inputs, err := fromWorld(before)
	if err != nil {
		return nil, err
	}
	conceal(inputs, olds)
	rememberDefaults(inputs, defaultsOf(olds))
	return inputs, nil
}

// extract is a value of the state in the shape of the input: an object has no properties that the input leaves out.
func extract(typ *schema.Resource, path string, state, input any) any {
	have, isObject := state.(map[string]any)
	want, wasObject := input.(map[string]any)
	if _, named := typ.Fields(path); !named || !isObject || !wasObject {
		return state
	}
	extracted := map[string]any{}
	for name, value := range want {
		if have[name] != nil {
			extracted[name] = extract(typ, path+"."+name, have[name], value)
		}
	}
	return extracted
}

// names are the inputs that carry a physical name, which the provider makes up when the program gives none.
var names = []resource.PropertyKey{"name", "nodeGroupName"}

// deleteFirst holds where the program gave a name and keeps it: AWS refuses a second resource of that name, so the
// real provider deletes before it creates (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace).
func (a *awsPackage) deleteFirst(olds, news resource.PropertyMap) bool {
	automatic := defaultsOf(news)
	for _, name := range names {
		value, ok := news[name]
		if ok && !slices.Contains(automatic, string(name)) && value.DeepEquals(olds[name]) {
			return true
		}
	}
	return false
}

func (a *awsPackage) deleted(_ string, err error) error { return err }

// unready leaves the inputs and the id: the provider reads the rest once the wait has ended well
// (terraform-provider-aws, internal/service/eks/node_group.go, resourceNodeGroupCreate, and so the others).
func (a *awsPackage) unready(object world.Object) world.Object {
	object.Outputs = nil
	return object
}

// skipsEmptyUpdates holds also for an update that the engine makes because a create did not end well
// (pulumi-terraform-bridge, pkg/tfbridge/provider.go, Update: "if diff == nil").
func (a *awsPackage) skipsEmptyUpdates() bool { return true }

// complete derives tagsAll: all tags are in tags since the default ones were merged.
func (a *awsPackage) complete(typ *schema.Resource, outputs world.Properties) {
	if tags, ok := outputs["tags"]; ok && outputs["tagsAll"] == nil && typ.Has("tagsAll") {
		outputs["tagsAll"] = tags
	}
}
