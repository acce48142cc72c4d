package providers

import (
	"fmt"
	"slices"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// awsPackage implements what is specific to the aws provider.
type awsPackage struct {
	connect AWSConnect

	tags map[string]any
}

// supportedSettings are the settings of the aws provider that a rehearsal supports.
var supportedSettings = []string{"region", "allowedAccountIds", "defaultTags", "profile", "assumeRole"}

// ignoredSettings are settings for credentials and for skipping checks, which have no effect in a rehearsal.
var ignoredSettings = []string{
	"accessKey", "assumeRoleWithWebIdentity", "maxRetries", "retryMode", "secretKey",
	"sharedConfigFiles", "sharedCredentialsFiles", "skipCredentialsValidation", "skipMetadataApiCheck",
	"skipRegionValidation", "skipRequestingAccountId", "stsRegion", "token",
}

func (a *awsPackage) checkConfig(config world.Properties) []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	for _, name := range sortedKeys(config) {
		if !slices.Contains(supportedSettings, name) && !slices.Contains(ignoredSettings, name) {
			failures = append(failures, plugin.CheckFailure{
				Property: resource.PropertyKey(name),
				Reason:   fmt.Sprintf("aws:%s is not simulated by the rehearsal; it supports aws:region, aws:allowedAccountIds, aws:defaultTags, aws:profile and aws:assumeRole", name),
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

// diffConfig replaces the provider for another region, which has none of its resources.
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

// signIn returns the credentials with which a configuration calls AWS.
func signIn(properties world.Properties) world.SignIn {
	role, _ := properties["assumeRole"].(map[string]any)
	s := world.SignIn{}
	s.Profile, _ = properties["profile"].(string)
	s.Role, _ = role["roleArn"].(string)
	s.Session, _ = role["sessionName"].(string)
	return s
}

// prepareInputs merges the default tags into the resource's own, which take precedence.
func (a *awsPackage) prepareInputs(check preparation) []string {
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

// diff compares the recorded state with inputs. A resource that an interrupted operation created has no outputs yet, so
// its inputs are used.
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

func (a *awsPackage) renewedOutputs(typ *schema.Resource, olds, news world.Properties) []string {
	return renewedOutputs(typ.Token, differencesOf(typ, olds, news), news)
}

// readInputs returns the old inputs, each with the account's value where it differs. Properties that the program left
// out are not added (pulumi-terraform-bridge, pkg/tfbridge/schema.go, extractInputs).
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
			before[name] = extractInput(typ, name, state[name], before[name])
		}
	}
	inputs, err := fromWorld(before)
	if err != nil {
		return nil, err
	}
	copySecrets(inputs, olds)
	rememberDefaults(inputs, defaultsOf(olds))
	return inputs, nil
}

// extractInput returns a value of the state in the shape of the input: an object has no properties that the input
// leaves out.
func extractInput(typ *schema.Resource, path string, state, input any) any {
	have, isObject := state.(map[string]any)
	want, wasObject := input.(map[string]any)
	if _, named := typ.Fields(path); !named || !isObject || !wasObject {
		return state
	}
	extracted := map[string]any{}
	for name, value := range want {
		if have[name] != nil {
			extracted[name] = extractInput(typ, path+"."+name, have[name], value)
		}
	}
	return extracted
}

// nameInputs are the inputs with a physical name, which the provider generates if the program sets none.
var nameInputs = []resource.PropertyKey{"name", "nodeGroupName"}

// deleteFirst reports whether the program sets a name that does not change. AWS refuses a second resource of that name,
// so the real provider deletes before it creates (pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace).
func (a *awsPackage) deleteFirst(olds, news resource.PropertyMap) bool {
	automatic := defaultsOf(news)
	for _, name := range nameInputs {
		value, ok := news[name]
		if ok && !slices.Contains(automatic, string(name)) && value.DeepEquals(olds[name]) {
			return true
		}
	}
	return false
}

func (a *awsPackage) deleteResult(_ string, err error) error { return err }

// keepUnready keeps the inputs and the ID only: the provider reads the rest after a successful wait
// (terraform-provider-aws, internal/service/eks/node_group.go, resourceNodeGroupCreate, and similar code of other
// resources).
func (a *awsPackage) keepUnready(object world.Object) world.Object {
	object.Outputs = nil
	return object
}

// skipsEmptyUpdates is true also for the update with which the engine continues a failed create
// (pulumi-terraform-bridge, pkg/tfbridge/provider.go, Update: "if diff == nil").
func (a *awsPackage) skipsEmptyUpdates() bool { return true }

// complete sets tagsAll to tags, into which the default tags have been merged.
func (a *awsPackage) complete(typ *schema.Resource, outputs world.Properties) {
	if tags, ok := outputs["tags"]; ok && outputs["tagsAll"] == nil && typ.Has("tagsAll") {
		outputs["tagsAll"] = tags
	}
}
