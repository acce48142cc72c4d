package awsapi

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"
)

// WebACL implements check.Prober. The ARN of a web ACL ends with its name and its ID
// (docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html).
func (a *Account) WebACL(ctx context.Context, arn string) (string, error) {
	const call = "wafv2:GetWebACL"
	parts := strings.Split(arn, "/")
	if len(parts) != 4 {
		return "", missing(call, arn)
	}
	found, err := wafv2.NewFromConfig(a.config).GetWebACL(ctx, &wafv2.GetWebACLInput{Name: &parts[2], Id: &parts[3], Scope: types.ScopeRegional})
	if err != nil {
		return "", explain(call, err)
	}
	if found.WebACL == nil {
		return "", missing(call, arn)
	}
	return aws.ToString(found.WebACL.Name), nil
}
