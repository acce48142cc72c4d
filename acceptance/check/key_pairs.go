package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// checkKeyPairs fails for key pairs of node groups that do not exist: EC2 would launch no instance.
func checkKeyPairs(ctx context.Context, p Prober, s Stack) (rows []Row, err error) {
	for _, name := range slices.Sorted(maps.Keys(s.Spec.NodeGroups)) {
		key := s.Spec.NodeGroups[name].KeyName
		if key == "" {
			continue
		}
		exists, err := p.HasKeyPair(ctx, key)
		if err != nil {
			return rows, err
		}
		row := Row{Check: "key pair of " + name, Status: Passed, Found: key}
		if !exists {
			row.Status, row.Found = Failed, key+" does not exist in "+s.Spec.Region
			row.Advice = fmt.Sprintf("import your public key: aws ec2 import-key-pair --key-name %q --public-key-material fileb://KEY.pub --region %s, or change nodeGroups.%s.keyName", key, s.Spec.Region, name)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
