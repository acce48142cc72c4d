package scenario_test

import (
	"context"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// onAWS is a client for changes behind Pulumi's back.
func onAWS(t *testing.T, r *scenario.Rehearsal) world.Client {
	t.Helper()
	client, err := r.World().AWS(world.AWSConfig{Region: "ap-northeast-2"})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// detach takes the policies from roles whose attachment's name contains a text, and attach gives them back.
func detach(t *testing.T, r *scenario.Rehearsal, names ...string) (taken []world.Properties) {
	t.Helper()
	client := onAWS(t, r)
	for _, resource := range r.State().Resources() {
		for _, name := range names {
			if string(resource.Type) == attachment && strings.Contains(resource.URN.Name(), name) {
				taken = append(taken, world.Properties{"role": resource.Inputs["role"], "policyArn": resource.Inputs["policyArn"]})
				if err := client.Delete(attachment, string(resource.ID)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if len(taken) < len(names) {
		t.Fatalf("%d policies of %v are attached", len(taken), names)
	}
	return taken
}

func attach(t *testing.T, r *scenario.Rehearsal, taken []world.Properties) {
	t.Helper()
	for _, inputs := range taken {
		if _, err := onAWS(t, r).Create(attachment, inputs); err != nil {
			t.Fatal(err)
		}
	}
}

// Each kind of load balancer is without an address after the first up: its controller has lost its rights. The provider keeps the known, empty
// status in the preview of the edit.
func TestAPreviewSucceedsWhileLoadBalancersHaveNoAddress(t *testing.T) {
	t.Parallel()
	values, project, dir := load(t, "changes"), t.TempDir(), copied(t)
	in := func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" }
	for _, workload := range []string{"classic2: {kind: clb}", "packets2: {kind: nlb}", "web2: {kind: alb, hosts: [web2.example.com]}"} {
		name, spec, _ := strings.Cut(workload, ": ")
		set("workloads."+name, spec)(t, values)
	}
	save(t, project, values)
	r := open(t, in)
	taken := detach(t, r, "changes-lbc", "eksRole")
	// A failed step begins no other, so each up may report one load balancer.
	for range 3 {
		if up := r.Up(context.Background()); !strings.Contains(up.Error, "timed out waiting to be Ready") && !strings.Contains(up.Error, "not allocated an IP address") {
			t.Fatalf("up of load balancers without an address says %q", up.Error)
		}
	}
	r.Close()

	for _, name := range []string{"classic2", "packets2", "web2"} {
		set("workloads."+name+".sourceRanges", "[203.0.113.0/24]")(t, values)
	}
	save(t, project, values)
	r = open(t, in)
	if preview := r.Preview(context.Background()); preview.Error != "" {
		t.Fatalf("preview says %s", preview.Error)
	}
	attach(t, r, taken)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatalf("up says %s", up.Error)
	}
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up says %s", again.Error)
	}
	if lost := r.World().Unreachable(); len(lost) > 0 {
		t.Errorf("load balancers reach nothing: %s", lost)
	}
}
