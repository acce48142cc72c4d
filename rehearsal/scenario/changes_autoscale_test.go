package scenario_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
)

// autoscalerLines are the changes when an autoscaler of workload web is added and removed.
const (
	autoscalerComes = `
		create HorizontalPodAutoscaler web
		update Deployment web (metadata.annotations)`
	autoscalerGoes = `
		update Deployment web (metadata.annotations%s)
		delete HorizontalPodAutoscaler web`
)

// podCount is the number of pods of a workload after a change, and the smallest number until then; "" for no
// workload.
type podCount struct {
	workload       string
	number, fewest int
}

func (p podCount) check(t *testing.T, r *scenario.Rehearsal) {
	t.Helper()
	if p.workload == "" {
		return
	}
	if got := r.World().CountPods("changes", p.workload, p.workload); got != p.number {
		t.Errorf("workload %s has %d pods and not %d", p.workload, got, p.number)
	}
	if got := r.World().FewestPods("changes", p.workload, p.workload); got != p.fewest {
		t.Errorf("workload %s had %d pods at least and not %d", p.workload, got, p.fewest)
	}
}

// The Deployment keeps its pods when the autoscaler takes over their number, and when the stack file takes it back.
func TestAnAutoscalerSetsTheNumberOfPodsUntilItIsRemoved(t *testing.T) {
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("workloads.web.replicas", "3")}, want: "update Deployment web (spec.replicas)", pods: podCount{"web", 3, 2}},
		// A number within the range does not change.
		stackChange{
			edits: []edit{dropKey("workloads.web.replicas"), setKey("workloads.web.autoscale", "{min: 2, max: 6}")},
			want:  autoscalerComes, pods: podCount{"web", 3, 2},
		},
		stackChange{
			edits: []edit{setKey("workloads.web.image", "registry.k8s.io/e2e-test-images/agnhost:2.52")},
			want:  "update Deployment web (spec.template.spec.containers[0].image)", pods: podCount{"web", 3, 2},
		},
		stackChange{
			edits: []edit{setKey("workloads.web.autoscale", "{min: 4, max: 6}")},
			want:  "update HorizontalPodAutoscaler web (spec.minReplicas)", pods: podCount{"web", 4, 2},
		},
		// The autoscaler wrote the number last. A change of the image does not change it.
		stackChange{
			edits: []edit{setKey("workloads.web.image", "registry.k8s.io/e2e-test-images/agnhost:2.53")},
			want:  "update Deployment web (spec.template.spec.containers[0].image)", pods: podCount{"web", 4, 2},
		},
		stackChange{
			edits: []edit{dropKey("workloads.web.autoscale"), setKey("workloads.web.replicas", "5")},
			want:  fmt.Sprintf(autoscalerGoes, ", spec.replicas"), pods: podCount{"web", 5, 2},
		},
		stackChange{edits: []edit{setKey("workloads.web.replicas", "2")}, want: "update Deployment web (spec.replicas)", pods: podCount{"web", 2, 2}},
	)
}

// An up deletes the autoscaler last, which keeps the number in its range until then. With the same minimum and
// maximum the range is one number.
func TestARangeOfOneNumberEndsAutoscalingAtThatNumber(t *testing.T) {
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("workloads.web.autoscale", "{min: 4, max: 6}")}, want: autoscalerComes, pods: podCount{"web", 4, 2}},
		stackChange{
			edits: []edit{setKey("workloads.web.autoscale", "{min: 3, max: 3}")},
			want:  "update HorizontalPodAutoscaler web (spec.maxReplicas, spec.minReplicas)", pods: podCount{"web", 3, 2},
		},
		stackChange{
			edits: []edit{dropKey("workloads.web.autoscale"), setKey("workloads.web.replicas", "3")},
			want:  fmt.Sprintf(autoscalerGoes, ""), pods: podCount{"web", 3, 2},
		},
	)
}

func TestTheNumberOfADeletedAutoscalerIsReportedByRefreshAndRepairedByUp(t *testing.T) {
	t.Parallel()
	project, values := t.TempDir(), loadConfig(t, "changes")
	dir := copyBuilt(t)
	in := func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" }
	for _, edit := range []edit{setKey("workloads.web.autoscale", "{min: 4, max: 6}"), dropKey("workloads.web.autoscale")} {
		applyEdits(t, values, edit)
		saveProject(t, project, values)
		r := openRehearsal(t, in)
		if up := r.Up(context.Background()); up.Error != "" {
			t.Fatalf("up reports %s", up.Error)
		}
		podCount{"web", 4, 2}.check(t, r)
		r.Close()
	}
	r := openRehearsal(t, in)
	if refresh := r.Refresh(context.Background()); !strings.Contains(refresh.Error, "Deployment web (spec.replicas)") || len(refresh.Changes) != 1 {
		t.Errorf("refresh reports %q", refresh.Error)
	}
	if up := r.Up(context.Background()); up.Error != "" || strings.Join(changedLines(up), "; ") != "update Deployment web (spec.replicas)" {
		t.Errorf("up does %v, %s", changedLines(up), up.Error)
	}
	podCount{"web", 2, 2}.check(t, r)
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up reports %s", again.Error)
	}
}
