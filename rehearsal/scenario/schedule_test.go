package scenario

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
)

// timetableOf returns a timetable of calls "a", "b", … that take this many seconds, in the engine's order.
func timetableOf(before map[urn.URN][]urn.URN, seconds ...int) *timetable {
	t := &timetable{took: map[urn.URN]time.Duration{}, waits: map[urn.URN][]waitAfter{}, began: map[urn.URN]int{}, before: before}
	for i, s := range seconds {
		u := urn.URN(rune('a' + i))
		t.resources = append(t.resources, apitype.ResourceV3{URN: u})
		t.took[u], t.began[u] = time.Duration(s)*time.Second, i+1
	}
	return t
}

func mustTake(t *testing.T, what string, got time.Duration, want int) {
	t.Helper()
	if got != time.Duration(want)*time.Second {
		t.Errorf("%s takes %s and not %d s", what, got, want)
	}
}

func TestUpTakesAsLongAsItsLongestChain(t *testing.T) {
	table := timetableOf(map[urn.URN][]urn.URN{"c": {"a"}, "d": {"b", "c"}}, 10, 5, 20, 1)
	planned := table.up(table.before, unlimitedCalls)
	mustTake(t, "a, then c beside b, then d", planned.took, 31)
	if len(planned.path) != 3 || planned.path[0].URN != "a" || planned.path[1].URN != "c" || planned.path[2].URN != "d" {
		t.Errorf("the chain is %v", planned.path)
	}
}

func TestCallsBeginInTheEnginesOrder(t *testing.T) {
	table := timetableOf(nil, 10, 10, 10, 0)
	planned := table.up(table.before, 2)
	mustTake(t, "three calls two at once", planned.took, 20)
	planned = table.up(table.before, unlimitedCalls)
	mustTake(t, "three calls at once", planned.took, 10)
	planned = table.down(table.before, 2)
	mustTake(t, "three deletes of a round two at once", planned.took, 20)
}

func TestADestroyDeletesInRounds(t *testing.T) {
	// a has no dependent; c is deleted before b. The engine deletes a with b, because neither comes after anything.
	table := timetableOf(map[urn.URN][]urn.URN{"c": {"b"}}, 30, 1, 20)
	planned := table.down(table.before, unlimitedCalls)
	mustTake(t, "c, then a beside b", planned.took, 50)
	if len(planned.path) != 2 || planned.path[0].URN != "c" || planned.path[1].URN != "a" {
		t.Errorf("the calls that decide are %v", planned.path)
	}
}

func TestAWaitBeginsAtTheEndOfItsCause(t *testing.T) {
	table := timetableOf(map[urn.URN][]urn.URN{"b": {"a"}, "c": {"b"}}, 1, 40, 10)
	table.waits["a"] = []waitAfter{{"c", 60 * time.Second}}
	planned := table.down(table.before, unlimitedCalls)
	mustTake(t, "c, b 40 s later, and a once what c left has gone", planned.took, 71)
	mustTake(t, "c alone", planned.lengths["c"], 10)
	mustTake(t, "a with its wait", planned.lengths["a"], 21)
	table.waits["a"] = []waitAfter{{"c", 30 * time.Second}}
	planned = table.down(table.before, unlimitedCalls)
	mustTake(t, "a when what c left has gone already", planned.took, 51)
}
