package check

import (
	"context"
	"maps"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/config"
)

// TrustStore is a trust store of Elastic Load Balancing.
type TrustStore struct {
	// Status is ACTIVE, or CREATING while its certificates are read.
	Name, Status string
}

// checkTrustStores fails for trust stores that load balancers cannot use.
func checkTrustStores(ctx context.Context, p Prober, s Stack) (rows []Row, err error) {
	users := usersOf(s.Spec.Workloads, func(w config.Workload) []string {
		if w.MutualTLS == nil || w.MutualTLS.TrustStore == "" {
			return nil
		}
		return []string{w.MutualTLS.TrustStore}
	})
	for _, arn := range slices.Sorted(maps.Keys(users)) {
		store, err := p.TrustStore(ctx, arn)
		if err != nil && account.CauseOf(err) != account.Gone {
			return rows, err
		}
		row := Row{Check: "trust store of " + strings.Join(users[arn], ", "), Status: Passed, Found: store.Name + ", " + store.Status}
		switch {
		case err != nil:
			row.Status, row.Found = Failed, arn+" does not exist, or is not shared with the account"
			row.Advice = "create or share it in " + s.Spec.Region + ", or write another ARN: aws elbv2 describe-trust-stores --region " + s.Spec.Region
		case store.Status != "ACTIVE":
			row.Status, row.Advice = Failed, "load balancers accept active trust stores only: wait until it is"
		}
		rows = append(rows, row)
	}
	return rows, nil
}
