package elb

import (
	"strings"

	"eksnet/rehearsal/world/store"
)

var WebACLFound = store.NewRule("the web ACL of a load balancer exists in its region and account",
	"operation error WAFV2: AssociateWebACL, api error WAFNonexistentItemException: AWS WAF couldn’t perform the operation because your resource doesn’t exist: %s",
	"https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html (WAFNonexistentItemException)")

// AssociateWebACL associates a web ACL with an Application Load Balancer, in the place of another one. A regional web
// ACL in the right region and account is taken to exist.
func AssociateWebACL(w *store.Account, balancer *store.Object, arn string) error {
	here := strings.HasPrefix(arn, w.ARN("wafv2", "regional/webacl/"))
	if err := WebACLFound.When(!here, arn); err != nil {
		return err
	}
	balancer.Set("webAclArn", arn)
	return nil
}

// DisassociateWebACL removes the web ACL of a load balancer. AWS removes that of a deleted load balancer too.
func DisassociateWebACL(balancer *store.Object) { balancer.Set("webAclArn", "") }
