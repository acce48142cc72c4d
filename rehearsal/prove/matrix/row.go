package matrix

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/world"
)

// Row is one change of one key of a stack file, with everything that up changes for it.
type Row struct {
	// Key is as in docs/configuration.md, after the name of its section: cluster.version, nodeGroups.<name>.labels,
	// aws:profile.
	Key string
	// Change is what happens to the key: added, removed, raised, …
	Change string
	// Stack is a committed stack that has the key, a small one, or local for a key that is added.
	Stack string
	// Before are edits of the stack file that the stack is created with; most rows have none.
	Before, Edits edits
	// Own creates resources of the operator in the account, some of them in the VPC, and returns the edits that refer
	// to them; nil for none.
	Own func(w *world.World, vpc string) (before, after edits, err error)
	// Want has a line for each resource that up changes, such as "update NodeGroup local-general (labels)"; "" for none.
	Want string
	// Count is the number of resources of each operation, such as "1 delete, 41 update", for a row whose want has
	// only some of the lines; "" if want has all of them.
	Count string
	// Lost is a part of what load balancers without a working path report after the change; "" if they report no more
	// than before.
	Lost string
	// Refused is a part of the error of the preview; "" if the change is made.
	Refused string
}

func (c Row) String() string { return c.Key + " is " + c.Change }

// Rows returns the complete matrix: settings of AWS, the network, the cluster, add-ons, names, workloads, and tags.
func Rows() []Row {
	return slices.Concat(awsChanges, networkChanges, clusterChanges, nodeGroupChanges, kubeletChanges, addonChanges, podSecurityGroupChanges, controllerChanges,
		metricsHelperChanges, identityChanges, externalDNSChanges, meshChanges, dnsChanges, workloadChanges, balancerChanges,
		accessLogChanges, wafChanges, mutualTLSChanges,
		targetGroupChanges, gatewayChanges, tagChanges)
}

// ChangedStacks returns the stacks that the matrix needs, in alphabetical order.
func ChangedStacks() []string {
	var stacks []string
	for _, row := range Rows() {
		stacks = append(stacks, row.Stack)
	}
	slices.Sort(stacks)
	return slices.Compact(stacks)
}

// Expects reports whether an up that changed these resources did what the row expects.
func (c Row) Expects(made []string) bool {
	want := changes.Lines(c.Want)
	if c.Count == "" {
		return slices.Equal(made, want)
	}
	for _, line := range want {
		if !slices.Contains(made, line) {
			return false
		}
	}
	return countByOperation(made) == c.Count
}

// countByOperation counts lines by operation: "1 delete, 41 update".
func countByOperation(lines []string) string {
	number := map[string]int{}
	for _, line := range lines {
		operation, _, _ := strings.Cut(line, " ")
		number[operation]++
	}
	var all []string
	for _, operation := range slices.Sorted(maps.Keys(number)) {
		all = append(all, fmt.Sprintf("%d %s", number[operation], operation))
	}
	return strings.Join(all, ", ")
}
