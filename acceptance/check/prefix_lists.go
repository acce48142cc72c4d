package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/config"
)

// PrefixList is a managed prefix list.
type PrefixList struct {
	Name string
	// MaxEntries is the maximum number of its entries, which security groups count as rules. A list of AWS has none: it
	// counts with its weight, which no call returns (docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html).
	MaxEntries int
}

// checkPrefixLists fails for prefix lists that do not exist, and warns of those that count as more rules than the stack
// file says.
func checkPrefixLists(ctx context.Context, p Prober, s Stack) (rows []Row, err error) {
	users := usersOf(s.Spec.Workloads, config.Workload.PrefixListIDs)
	for _, id := range slices.Sorted(maps.Keys(users)) {
		list, err := p.PrefixList(ctx, id)
		if err != nil && account.CauseOf(err) != account.Gone {
			return rows, err
		}
		row := Row{Check: "prefix list of " + strings.Join(users[id], ", "), Status: Passed, Found: fmt.Sprintf("%s, %s", id, list.Name)}
		if list.MaxEntries > 0 {
			row.Found += fmt.Sprintf(", at most %s", config.Count(list.MaxEntries, "entry", "entries"))
		}
		if err != nil {
			row.Status, row.Found = Failed, id+" does not exist, or is not shared with the account"
			row.Advice = "create or share it in " + s.Spec.Region + ", or write another ID: aws ec2 describe-managed-prefix-lists --region " + s.Spec.Region
		} else {
			row.judgeEntries(id, list, s.Spec.Workloads, users[id])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// judgeEntries warns of a prefix list with which a workload counts too few rules.
func (r *Row) judgeEntries(id string, list PrefixList, workloads map[string]config.Workload, users []string) {
	for _, name := range users {
		if stated := workloads[name].PrefixLists[id]; stated < list.MaxEntries {
			r.Status = Warned
			r.Advice = fmt.Sprintf("%s has %d in prefixLists, so the plan counts too few rules of its security group: write %s: %d", name, stated, id, list.MaxEntries)
			return
		}
	}
}
