package config

import (
	"regexp"
	"slices"
)

// NoWAF is the value of waf for no web ACL.
const NoWAF = "none"

// webACLARN is the ARN of a regional web ACL: those of CloudFront are global
// (docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html).
var webACLARN = regexp.MustCompile(`^arn:[a-z-]+:wafv2:([a-z0-9-]+):([0-9]{12}):regional/webacl/[A-Za-z0-9_-]{1,128}/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// waf is a web ACL in the load balancer's own region and account. What partition it is of is plan's to check.
func (v *validator) waf(path, arn string, s *Stack) {
	v.acceptPattern(path, "^"+NoWAF+"$")
	parts := webACLARN.FindStringSubmatch(arn)
	switch {
	case arn == "" || arn == NoWAF:
	case !v.matches(path, arn, webACLARN):
		v.Add(path, "%q is not the ARN of a regional web ACL, such as arn:aws:wafv2:%s:111122223333:regional/webacl/shop/12345678-1234-1234-1234-123456789012, or none", arn, s.Region)
	case s.Region != "" && parts[1] != s.Region:
		v.Add(path, "the web ACL is in %s, but a load balancer uses web ACLs of its own region, %s; create it there", parts[1], s.Region)
	case len(s.Accounts) > 0 && !slices.Contains(s.Accounts, parts[2]):
		v.Add(path, "the web ACL is in account %s, but a load balancer uses web ACLs of its own account; accepted: %s", parts[2], list(s.Accounts...))
	}
}
