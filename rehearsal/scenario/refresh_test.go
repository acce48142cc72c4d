package scenario_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

func TestTheFirstRefreshReadsWhatAWSComputedLaterAndTheUpAfterItChangesNothing(t *testing.T) {
	t.Parallel()
	r, ctx := openRehearsal(t), context.Background()
	if up := r.Up(ctx); up.Error != "" {
		t.Fatal(up.Error)
	}
	refresh := r.Refresh(ctx)
	if refresh.Error != "" || refresh.Updated != 0 {
		t.Fatalf("refresh updates %d and says %s", refresh.Updated, refresh.Error)
	}
	for typ, outputs := range map[string][]string{
		"aws:ec2/eip:Eip":                     {"associationId", "networkInterface", "privateDns", "privateIp"},
		"aws:ec2/routeTable:RouteTable":       {"routes"},
		"aws:ec2/securityGroup:SecurityGroup": {"ingress"},
		"aws:iam/role:Role":                   {"managedPolicyArns"},
		"aws:iam/policy:Policy":               {"attachmentCount"},
	} {
		if !slices.ContainsFunc(refresh.Filled, func(f scenario.Filled) bool {
			return strings.Contains(f.URN, typ) && !slices.ContainsFunc(outputs, func(o string) bool { return !slices.Contains(f.Outputs, o) })
		}) {
			t.Errorf("no %s got %s: %v", typ, outputs, refresh.Filled)
		}
	}
	if again := r.UpAfterRefresh(ctx); again.Error != "" {
		t.Errorf("the up after refresh reports %s", again.Error)
	}
	if second := r.Refresh(ctx); second.Error != "" || len(second.Filled) > 0 {
		t.Errorf("a second refresh reads %v and says %s", second.Filled, second.Error)
	}
}

// A refresh also checks inputs: here one was changed in the account.
func TestARefreshThatChangesAnInputFails(t *testing.T) {
	t.Parallel()
	r, ctx := openRehearsal(t), context.Background()
	if up := r.Up(ctx); up.Error != "" {
		t.Fatal(up.Error)
	}
	client, err := r.World().AWS(world.AWSConfig{Region: "ap-northeast-2"})
	if err != nil {
		t.Fatal(err)
	}
	id, inputs := resourceOf(t, r.State(), "aws:kms/key:Key")
	inputs["deletionWindowInDays"] = 30.0
	if _, err := client.Update("aws:kms/key:Key", id, inputs); err != nil {
		t.Fatal(err)
	}
	if refresh := r.Refresh(ctx); !strings.Contains(refresh.Error, "deletionWindowInDays") {
		t.Errorf("refresh reports %q", refresh.Error)
	}
	if up := r.UpAfterRefresh(ctx); !strings.Contains(up.Error, "changed update aws:kms/key:Key") {
		t.Errorf("the up after it says %q", up.Error)
	}
}

// resourceOf returns the id and the inputs of the only resource of a type.
func resourceOf(t *testing.T, state *engine.State, typ string) (string, map[string]any) {
	t.Helper()
	var found []apitype.ResourceV3
	for _, r := range state.Resources() {
		if string(r.Type) == typ {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d resources are a %s", len(found), typ)
	}
	inputs := map[string]any{}
	raw, err := json.Marshal(found[0].Inputs)
	if err == nil {
		err = json.Unmarshal(raw, &inputs)
	}
	if err != nil {
		t.Fatal(err)
	}
	delete(inputs, "__defaults")
	return string(found[0].ID), inputs
}
