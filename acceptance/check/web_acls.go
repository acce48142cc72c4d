package check

import (
	"context"
	"maps"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/config"
)

// checkWebACLs fails for web ACLs that do not exist: the load balancer controller could not associate them, and the
// load balancers would accept requests without a filter.
func checkWebACLs(ctx context.Context, p Prober, s Stack) (rows []Row, err error) {
	users := usersOf(s.Spec.Workloads, func(w config.Workload) []string {
		if w.WAF == "" || w.WAF == config.NoWAF {
			return nil
		}
		return []string{w.WAF}
	})
	for _, arn := range slices.Sorted(maps.Keys(users)) {
		name, err := p.WebACL(ctx, arn)
		if err != nil && account.CauseOf(err) != account.Gone {
			return rows, err
		}
		row := Row{Check: "web ACL of " + strings.Join(users[arn], ", "), Status: Passed, Found: name}
		if err != nil {
			row.Status, row.Found = Failed, arn+" does not exist"
			row.Advice = "create it in account and region of the stack, or write another ARN: aws wafv2 list-web-acls --scope REGIONAL --region " + s.Spec.Region
		}
		rows = append(rows, row)
	}
	return rows, nil
}
