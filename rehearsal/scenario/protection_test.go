package scenario_test

import (
	"context"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
)

// The advice is that of plan's warning. After it is followed, nothing is left.
func TestADestroyBlockedByDeletionProtectionRecommendsTurningItOff(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	in := func(value string) *scenario.Rehearsal {
		return openRehearsal(t, projectWith(t, "echo: {kind: nlb}", `echo: {kind: nlb, attributes: {deletion_protection.enabled: "`+value+`"}}`), func(o *scenario.Options) { o.Dir = dir })
	}
	r := in("true")
	if up := r.Up(ctx); up.Error != "" {
		t.Fatal(up.Error)
	}
	destroy := r.Destroy(ctx)
	if !strings.Contains(destroy.Error, `set deletion_protection.enabled to "false" in the stack file, run up`) || strings.Contains(destroy.Error, "patch service") {
		t.Errorf("destroy reports %s", destroy.Error)
	}
	r.Close()
	r = in("false")
	r.Up(ctx)
	if destroy := r.Destroy(ctx); destroy.Error != "" || len(r.Report.Leftovers) > 0 {
		t.Errorf("after the advice destroy reports %s, left are %+v", destroy.Error, r.Report.Leftovers)
	}
}
