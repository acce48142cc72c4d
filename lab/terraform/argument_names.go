package terraform

import (
	"strings"
	"unicode"
)

// argumentNames holds the arguments and attributes whose names are not those of the Pulumi properties in snake case:
// Pulumi writes the names of lists in the plural, and the upstream provider writes these in the singular
// (registry.terraform.io/providers/hashicorp/aws/5.100.0/docs).
var argumentNames = map[string]string{
	"aws_eks_addon.podIdentityAssociations":           "pod_identity_association",
	"aws_eks_cluster.identities":                      "identity",
	"aws_eks_cluster.identities.oidcs":                "oidc",
	"aws_eks_node_group.taints":                       "taint",
	"aws_iam_openid_connect_provider.clientIdLists":   "client_id_list",
	"aws_iam_openid_connect_provider.thumbprintLists": "thumbprint_list",
	"aws_iam_role.inlinePolicies":                     "inline_policy",
	"aws_launch_template.licenseSpecifications":       "license_specification",
	"aws_route53_record.aliases":                      "alias",
	"aws_route53_zone.vpcs":                           "vpc",
	"aws_route_table.routes":                          "route",
	"aws_vpc_endpoint.dnsEntries":                     "dns_entry",
	"aws_vpc_endpoint.subnetConfigurations":           "subnet_configuration",
}

// keyValueProperties are properties whose keys the operator chooses: they are not names of arguments.
var keyValueProperties = map[string]bool{"tags": true, "tagsAll": true, "labels": true}

// argumentName returns the name of an argument or attribute. property is the path of a Pulumi property without indexes,
// such as vpcConfig.subnetIds.
func argumentName(typ, property string) string {
	if name, ok := argumentNames[typ+"."+property]; ok {
		return name
	}
	return snakeCase(property[strings.LastIndex(property, ".")+1:])
}

// snakeCase returns the name of a Pulumi property as Terraform writes it: publicAccessCidrs is public_access_cidrs.
func snakeCase(name string) string {
	var text strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			text.WriteByte('_')
		}
		text.WriteRune(unicode.ToLower(r))
	}
	return text.String()
}
