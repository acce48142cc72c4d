package iam

import (
	"maps"
	"slices"
	"strings"

	"eksnet/rehearsal/world/store"
)

var IAMTags = store.NewRule("IAM's tag keys differ in more than case",
	"%s, api error InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
	"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html; https://github.com/aws/aws-cdk/issues/26253")

// iamTagsFit refuses duplicate tags of an IAM resource for a call, such as "creating IAM Role (a): operation error IAM:
// CreateRole".
func iamTagsFit(o *store.Object, call string) error {
	keys := slices.Collect(maps.Keys(store.MapOf(o.Inputs["tags"])))
	lower := map[string]bool{}
	for _, key := range keys {
		lower[strings.ToLower(key)] = true
	}
	return IAMTags.When(len(lower) < len(keys), call)
}
