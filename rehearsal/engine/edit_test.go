package engine_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestAnEditTakesOneEdgeAwayFromTheProgram(t *testing.T) {
	run, _ := rehearse(t, program.Network)
	run.Edit = func(r *pulumirpc.RegisterResourceRequest) {
		if r.Name != "subnet-a" {
			return
		}
		r.Dependencies = slices.DeleteFunc(r.Dependencies, isVPC)
		for _, property := range r.PropertyDependencies {
			property.Urns = slices.DeleteFunc(property.Urns, isVPC)
		}
	}
	up := must(t, engine.Up, &run)
	if cut := callOf(t, up, "subnet-a"); slices.ContainsFunc(cut.DependsOn, isVPC) {
		t.Errorf("subnet-a still depends on %v", cut.DependsOn)
	}
	if kept := callOf(t, up, "subnet-b"); !slices.ContainsFunc(kept.DependsOn, isVPC) {
		t.Errorf("subnet-b depends on %v only", kept.DependsOn)
	}
}

func TestAnEditSeesTheComponentsChildrenToo(t *testing.T) {
	run, _ := rehearse(t, program.Cluster)
	var mu sync.Mutex
	var seen []string
	run.Edit = func(r *pulumirpc.RegisterResourceRequest) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Type)
	}
	must(t, engine.Up, &run)
	for _, typ := range []string{"aws:ec2/vpc:Vpc", "eks:index:Cluster", "aws:eks/cluster:Cluster"} {
		if !slices.Contains(seen, typ) {
			t.Errorf("no registration of %s was seen", typ)
		}
	}
}

func isVPC(urn string) bool { return strings.HasSuffix(urn, "::vpc") }
