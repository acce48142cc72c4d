package check

import (
	"context"
	"fmt"
	"regexp"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/plan/quota"
)

var regionFlag = regexp.MustCompile(`--region (\S+)`)

// checkQuotas fails for quotas of which the account has less left than the stack needs.
func checkQuotas(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	used, err := usageOfOthers(ctx, p, s)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, q := range s.Plan.Quotas {
		if q.Code == "" { // Service Quotas does not have it
			continue
		}
		region := s.Spec.Region
		if found := regionFlag.FindStringSubmatch(q.Command); found != nil {
			region = found[1]
		}
		value, err := p.Quota(ctx, region, q.Service, q.Code)
		byDefault := account.CauseOf(err) == account.Gone
		switch {
		case byDefault:
			value = float64(q.Default)
		case err != nil:
			return rows, err
		}
		rows = append(rows, quotaRow(q, value, byDefault, used, region))
	}
	return rows, nil
}

// usageOfOthers returns how much of the plan's quotas is in use, by code. If the stack exists, its own use is part of
// it and the up needs none of it again, so nothing is counted.
func usageOfOthers(ctx context.Context, p Prober, s Stack) (map[string]float64, error) {
	report, err := audit.Run(ctx, p, s.Scope)
	if err != nil || report.ClusterStatus != "" {
		return nil, err
	}
	var codes []string
	for _, q := range s.Plan.Quotas {
		codes = append(codes, q.Code)
	}
	return p.Usage(ctx, codes)
}

// quotaRow compares the value of a quota, less what is in use, with what the stack needs.
func quotaRow(q quota.Quota, value float64, byDefault bool, used map[string]float64, region string) Row {
	row := Row{Check: "quota: " + q.Name, Status: Passed, Found: fmt.Sprintf("%g", value)}
	if byDefault {
		row.Found += " by default"
	}
	others, counted := used[q.Code]
	if counted && others > 0 {
		row.Found += fmt.Sprintf(", used %g", others)
	}
	row.Found += fmt.Sprintf(", needed %d", q.Needed)
	if needed := others + float64(q.Needed); value < needed {
		row.Status, row.Advice = Failed, fmt.Sprintf("aws service-quotas request-service-quota-increase --service-code %s --quota-code %s --desired-value %g --region %s", q.Service, q.Code, needed, region)
	}
	return row
}
