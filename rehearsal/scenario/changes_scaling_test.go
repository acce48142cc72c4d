package scenario_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
)

// The group general of stack changes has min 2, desired 3, max 6 and so three nodes; batch has min 0, desired 1, max 2.

// The desired size only applies at creation: afterwards an autoscaler or an operator changes the size.
func TestANodeGroupIsResizedInPlace(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("nodeGroups.general.scaling", "{min: 3, desired: 3, max: 9}")},
			want:  `update NodeGroup changes-general (scalingConfig.maxSize, scalingConfig.minSize)`,
		},
		stackChange{edits: []edit{setKey("nodeGroups.general.scaling", "{min: 3, desired: 5, max: 9}")}},
	)
}

func TestANodeGroupScalesUpToItsMinimumAndDownToItsMaximum(t *testing.T) {
	const sizes = "update NodeGroup changes-general (scalingConfig.desiredSize, scalingConfig.maxSize, scalingConfig.minSize)"
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("nodeGroups.general.scaling", "{min: 4, desired: 4, max: 7}")}, want: sizes, nodes: map[string]int{"general": 4}},
		stackChange{edits: []edit{setKey("nodeGroups.general.scaling", "{min: 1, desired: 2, max: 3}")}, want: sizes, nodes: map[string]int{"general": 3}},
		// Both limits pass the current size, first upward and then downward.
		stackChange{edits: []edit{setKey("nodeGroups.general.scaling", "{min: 5, desired: 6, max: 7}")}, want: sizes, nodes: map[string]int{"general": 5}},
		stackChange{edits: []edit{setKey("nodeGroups.general.scaling", "{min: 1, desired: 1, max: 1}")}, want: sizes, nodes: map[string]int{"general": 1}},
		// A desired size of zero in the stack file does not scale an existing group to zero.
		stackChange{
			edits: []edit{setKey("nodeGroups.batch.scaling", "{min: 0, desired: 0, max: 1}")},
			want:  "update NodeGroup changes-batch (scalingConfig.maxSize)",
			nodes: map[string]int{"batch": 1},
		},
	)
}

// scaleGroup changes the size of a node group in the account, as an autoscaler does, and not in the stack file.
func scaleGroup(group string, size int) func(*testing.T, *scenario.Rehearsal) {
	return func(t *testing.T, r *scenario.Rehearsal) {
		t.Helper()
		if err := r.World().ScaleNodeGroup("changes", physicalName(t, r, "changes-"+group), size); err != nil {
			t.Fatal(err)
		}
	}
}

// physicalName returns the name of a node group on AWS.
func physicalName(t *testing.T, r *scenario.Rehearsal, logical string) string {
	t.Helper()
	for _, group := range stateGraph(r.State().Resources()).find(t, nodeGroup, logical) {
		if group.URN.Name() == logical {
			return fmt.Sprint(group.Inputs["nodeGroupName"])
		}
	}
	t.Fatalf("the stack has no node group %s", logical)
	return ""
}

// nodesOf counts the ready nodes of a group.
func nodesOf(t *testing.T, r *scenario.Rehearsal, group string) int {
	t.Helper()
	return r.World().CountNodes("changes", physicalName(t, r, "changes-"+group))
}

// The inputs of the last up do not have the size that an autoscaler chose. The one update sends the current size of
// the group, so no node is created or deleted.
func TestAnAutoscaledNodeGroupIsUpdatedOnceAndKeepsItsSize(t *testing.T) {
	const desired = "update NodeGroup changes-general (scalingConfig.desiredSize)"
	rehearseChanges(t,
		stackChange{before: scaleGroup("general", 5), want: desired, nodes: map[string]int{"general": 5}},
		stackChange{nodes: map[string]int{"general": 5}},
		stackChange{before: scaleGroup("general", 2), want: desired, nodes: map[string]int{"general": 2}},
	)
}

func TestANewRangeOfAnAutoscaledNodeGroupAppliesToItsCurrentSize(t *testing.T) {
	const sizes = "update NodeGroup changes-general (scalingConfig.desiredSize, scalingConfig.maxSize%s)"
	rehearseChanges(t,
		// The size is inside of the new range and does not change.
		stackChange{
			before: scaleGroup("general", 6),
			edits:  []edit{setKey("nodeGroups.general.scaling", "{min: 2, desired: 3, max: 8}")},
			want:   fmt.Sprintf(sizes, ""),
			nodes:  map[string]int{"general": 6},
		},
		// It is above the range.
		stackChange{
			before: scaleGroup("general", 8),
			edits:  []edit{setKey("nodeGroups.general.scaling", "{min: 2, desired: 3, max: 4}")},
			want:   fmt.Sprintf(sizes, ""),
			nodes:  map[string]int{"general": 4},
		},
		// It is below the range.
		stackChange{
			before: scaleGroup("general", 2),
			edits:  []edit{setKey("nodeGroups.general.scaling", "{min: 3, desired: 4, max: 5}")},
			want:   fmt.Sprintf(sizes, ", scalingConfig.minSize"),
			nodes:  map[string]int{"general": 3},
		},
	)
}

func TestAReplacementNodeGroupStartsWithTheSizeOfTheOldOne(t *testing.T) {
	rehearseChanges(t, stackChange{
		before: scaleGroup("general", 5),
		edits:  []edit{setKey("nodeGroups.general.instanceTypes", "[m7g.large, m6g.large]")},
		want:   "replace NodeGroup changes-general (instanceTypes[1], scalingConfig.desiredSize)",
		nodes:  map[string]int{"general": 5},
	})
}

func TestARenamedNodeGroupStartsWithItsDesiredSize(t *testing.T) {
	rehearseChanges(t, stackChange{
		before: scaleGroup("batch", 2),
		edits:  []edit{dropKey("nodeGroups.batch"), setKey("nodeGroups.batch-a", "{instanceTypes: [c7g.large], scaling: {min: 0, desired: 1, max: 2}}")},
		want: `
			create eksnet:cluster:NodeGroup changes-batch-a
			create LaunchTemplate changes-batch-a
			create NodeGroup changes-batch-a
			delete eksnet:cluster:NodeGroup changes-batch
			delete LaunchTemplate changes-batch
			delete NodeGroup changes-batch`,
		nodes: map[string]int{"batch-a": 1},
	})
}

// Names of groups may have the same beginning. Each group keeps its own size.
func TestNodeGroupsWithTheSameNamePrefixKeepTheirSizes(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("nodeGroups.general-abcdef0", "{instanceTypes: [c7g.large], scaling: {min: 1, desired: 1, max: 4}}")},
			want: `
				create eksnet:cluster:NodeGroup changes-general-abcdef0
				create LaunchTemplate changes-general-abcdef0
				create NodeGroup changes-general-abcdef0`,
		},
		stackChange{
			before: scaleGroup("general-abcdef0", 4),
			want:   "update NodeGroup changes-general-abcdef0 (scalingConfig.desiredSize)",
			nodes:  map[string]int{"general-abcdef0": 4, "general": 3},
		},
	)
}

// A refresh reports a size that an autoscaler chose. The up after it sends that size again and changes nothing.
func TestARefreshReportsTheSizeOfAnAutoscaledNodeGroup(t *testing.T) {
	t.Parallel()
	project := t.TempDir()
	saveProject(t, project, loadConfig(t, "changes"))
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = copyBuilt(t), project, "changes" })
	scaleGroup("general", 5)(t, r)
	if refresh := r.Refresh(context.Background()); !strings.Contains(refresh.Error, "NodeGroup changes-general (scalingConfig.desiredSize)") || len(refresh.Changes) != 1 {
		t.Errorf("refresh reports %q", refresh.Error)
	}
	if up := r.UpAgain(context.Background()); up.Error != "" {
		t.Errorf("up after the refresh reports %s", up.Error)
	}
}

// A preview reads the sizes too, and changes none.
func TestAPreviewShowsTheSizeThatUpSends(t *testing.T) {
	t.Parallel()
	project := t.TempDir()
	saveProject(t, project, loadConfig(t, "changes"))
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = copyBuilt(t), project, "changes" })
	scaleGroup("general", 5)(t, r)
	preview := r.Preview(context.Background())
	if got := strings.Join(changedLines(preview), "; "); preview.Error != "" || got != "update NodeGroup changes-general (scalingConfig.desiredSize)" {
		t.Errorf("preview shows %q, %s", got, preview.Error)
	}
	if got := nodesOf(t, r, "general"); got != 5 {
		t.Errorf("%d nodes after a preview", got)
	}
}
