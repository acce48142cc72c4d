package engine

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// A process runs thousands of operations, and the engine keeps a reference to each operation. The workers of a
// terminated one may still use its resources.
func TestAnOperationThatHasEndedKeepsNoResources(t *testing.T) {
	base := (*State)(nil).WithResources([]apitype.ResourceV3{{
		URN: "urn:pulumi:dev::eksnet::aws:ec2/vpc:Vpc::vpc", Type: "aws:ec2/vpc:Vpc", Custom: true, ID: "vpc-1",
		Inputs: map[string]any{"cidrBlock": "10.0.0.0/16"}, Outputs: map[string]any{"cidrBlock": "10.0.0.0/16"},
	}})
	for _, terminated := range []bool{false, true} {
		snapshot, err := base.snapshot(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r, err := newRecorder(base, snapshot, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if terminated {
			r.terminate()
		}
		final, err := r.final()
		if err != nil {
			t.Fatal(err)
		}
		r.release()
		used := snapshot.Resources[0]
		if kept := used.Inputs != nil && used.Outputs != nil && r.replayed != nil; kept != terminated {
			t.Errorf("terminated: %t: resources are kept: %t", terminated, kept)
		}
		if got := final.Resources()[0].Inputs["cidrBlock"]; got != "10.0.0.0/16" {
			t.Errorf("the final state has %v", got)
		}
	}
}
