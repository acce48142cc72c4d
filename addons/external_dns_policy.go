package addons

import (
	"strings"

	"eksnet/internal/iam"
	"eksnet/plan"
)

// ExternalDNSPolicy returns the IAM policy of ExternalDNS: what version 0.21 calls (provider/aws/aws.go), in its zones
// only. It may change records of the types that it manages, and none with a name of the stack's own records
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html). zones are IDs.
func ExternalDNSPolicy(partition plan.Partition, zones, names []string) *iam.Document {
	change := iam.Allow("route53:ChangeResourceRecordSets").On(zoneARNs(partition, zones)...).
		When("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes", "A", "AAAA", "CNAME", "TXT")
	if len(names) > 0 {
		change = change.When("ForAllValues:StringNotEquals", "route53:ChangeResourceRecordSetsNormalizedRecordNames", normalizedNames(names)...)
	}
	document := iam.Policy(
		iam.Allow("route53:ListHostedZones"), // which has no resources
		iam.Allow("route53:ListResourceRecordSets").On(zoneARNs(partition, zones)...),
		change)
	return &document
}

// ExternalDNSTeardownPolicy returns the IAM policy of the Job that waits for the end of the records.
func ExternalDNSTeardownPolicy(partition plan.Partition, zones []string) *iam.Document {
	document := iam.Policy(iam.Allow("route53:ListResourceRecordSets").On(zoneARNs(partition, zones)...))
	return &document
}

// zoneARNs returns the ARNs of hosted zones, which have no region and no account.
func zoneARNs(partition plan.Partition, zones []string) []string {
	var arns []string
	for _, zone := range zones {
		arns = append(arns, "arn:"+partition.Name+":route53:::hostedzone/"+zone)
	}
	return arns
}

// normalizedNames returns names as Route 53 compares them in conditions: lowercase, and with the octal code of
// characters other than letters, digits, -, _ and dots.
func normalizedNames(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strings.ReplaceAll(strings.ToLower(name), "*", `\052`))
	}
	return all
}
