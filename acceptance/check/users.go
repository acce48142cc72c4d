package check

import (
	"maps"
	"slices"

	"eksnet/config"
)

// usersOf returns the workloads that name a resource of the account, by its name, ID or ARN.
func usersOf(workloads map[string]config.Workload, named func(config.Workload) []string) map[string][]string {
	users := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		for _, resource := range named(workloads[name]) {
			users[resource] = append(users[resource], name)
		}
	}
	return users
}
