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

// complete derives tagsAll: all tags are in tags since the default ones were merged.
func (a *awsPackage) complete(typ *schema.Resource, outputs world.Properties) {
	if tags, ok := outputs["tags"]; ok && outputs["tagsAll"] == nil && typ.Has("tagsAll") {
		outputs["tagsAll"] = tags
	}
}
