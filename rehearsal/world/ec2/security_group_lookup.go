package ec2

import (
	"maps"

	"eksnet/rehearsal/world/store"
)

// getSecurityGroups returns the IDs of the security groups that have all of some tags
// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_groups_data_source.go).
func getSecurityGroups(c *store.Call, args store.Properties) (store.Properties, error) {
	for name := range args {
		if name != "tags" {
			return nil, store.Unmodelled("getSecurityGroups by %s", name)
		}
	}
	ids, arns, vpcs := []any{}, []any{}, []any{}
	for _, group := range c.All(store.SecurityGroupType, func(o *store.Object) bool { return hasTags(o, store.MapOf(args["tags"])) }) {
		ids, arns, vpcs = append(ids, group.ID), append(arns, group.Outputs["arn"]), append(vpcs, group.Outputs["vpcId"])
	}
	result := store.Properties{"id": c.Region, "ids": ids, "arns": arns, "vpcIds": vpcs}
	maps.Copy(result, args)
	return result, nil
}
