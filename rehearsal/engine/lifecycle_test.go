package engine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func TestAClusterOfTheComponentIsCreatedAndDestroyedCompletely(t *testing.T) {
	run, w := rehearse(t, program.Cluster)

	preview := must(t, engine.Preview, &run)
	if len(w.Objects()) != 0 || preview.State != nil {
		t.Fatalf("the preview created something: %v", w.Calls())
	}
	up := must(t, engine.Up, &run)
	if preview.Created != up.Created || up.Created < 20 {
		t.Errorf("preview reported %d resources, up created %d", preview.Created, up.Created)
	}
	if again := must(t, engine.Up, &run); !again.Unchanged() || again.Same != up.Created {
		t.Errorf("the second up changed %v, left %d of %d", again.Changes, again.Same, up.Created)
	}
	if refresh := must(t, engine.Refresh, &run); !refresh.Unchanged() {
		t.Errorf("refresh changed %v", refresh.Changes)
	}
	down := must(t, engine.Destroy, &run)
	if down.Deleted != up.Created || len(w.Objects()) != 0 || len(down.State.Resources()) != 0 {
		t.Errorf("destroy deleted %d of %d and left %v", down.Deleted, up.Created, w.Objects())
	}
	t.Logf("preview %v, up %v, destroy %v", preview.Wall, up.Wall, down.Wall)
}

func TestTheComponentUsesTheProgramsOwnNodeRole(t *testing.T) {
	run, w := rehearse(t, program.Cluster)
	up := must(t, engine.Up, &run)

	for _, call := range up.Calls {
		if strings.Contains(call.Name, "instanceRole") {
			t.Errorf("the component created a node role of its own: %s %s", call.Type, call.Name)
		}
	}
	principal := ""
	for _, object := range w.Objects() {
		if object.Type == "aws:eks/accessEntry:AccessEntry" {
			principal, _ = object.Inputs["principalArn"].(string)
		}
	}
	if want := up.Outputs["nodeRole"]; principal != want {
		t.Errorf("nodes sign in as %q, their role is %q", principal, want)
	}
}

func TestTheProgramReadsItsOutputsFromTheComponent(t *testing.T) {
	run, w := rehearse(t, program.Cluster)
	up := must(t, engine.Up, &run)
	for _, name := range []string{"name", "endpoint", "arn", "ca", "issuer", "securityGroup", "kubeconfig"} {
		if value, _ := up.Outputs[name].(string); value == "" {
			t.Errorf("output %s is empty", name)
		}
	}
	if up.Outputs["endpoint"] != w.Endpoint {
		t.Errorf("endpoint is %v, the simulated account's is %s", up.Outputs["endpoint"], w.Endpoint)
	}
}

func TestTheContentsOfAClusterAreDeletedBeforeTheCluster(t *testing.T) {
	run, _ := rehearse(t, program.Cluster)
	must(t, engine.Up, &run)
	down := must(t, engine.Destroy, &run)
	namespace, cluster := callOf(t, down, "demo"), callOf(t, down, "main-eksCluster")
	if namespace.Ended > cluster.Began {
		t.Errorf("the namespace ended at %d, the cluster's deletion began at %d", namespace.Ended, cluster.Began)
	}
}

func TestAPreviewOfAChangeReportsTheChangedPropertiesAndTheReplacements(t *testing.T) {
	run, w := rehearse(t, program.Network)
	w.Fixed = map[string][]string{"aws:ec2/subnet:Subnet": {"cidrBlock"}}
	must(t, engine.Up, &run)
	w.Change("aws:ec2/subnet:Subnet", func(o *world.Object) bool {
		o.Inputs["cidrBlock"] = "10.9.0.0/24"
		return true
	})
	must(t, engine.Refresh, &run)
	preview := must(t, engine.Preview, &run)
	if preview.Replaced != 2 || preview.Created != 0 || preview.Updated != 0 || preview.Deleted != 0 {
		t.Errorf("replaced %d, created %d, updated %d, deleted %d; want 2 replaced", preview.Replaced, preview.Created, preview.Updated, preview.Deleted)
	}
	for _, change := range preview.Changes {
		if change.Op != "replace" || len(change.Properties) != 1 || change.Properties[0].Path != "cidrBlock" || !change.Properties[0].Replaces {
			t.Errorf("change %+v", change)
		}
	}
}

func TestARefreshSeesDriftAndDeletions(t *testing.T) {
	run, w := rehearse(t, program.Network)
	must(t, engine.Up, &run)
	gone := false
	w.Change("aws:ec2/subnet:Subnet", func(o *world.Object) bool {
		if !gone {
			gone = true
			return false
		}
		o.Inputs["mapPublicIpOnLaunch"] = true
		return true
	})
	refresh := must(t, engine.Refresh, &run)
	if refresh.Deleted != 1 || refresh.Updated != 1 {
		t.Errorf("refresh saw %d deletions and %d changes: %v", refresh.Deleted, refresh.Updated, refresh.Changes)
	}
	up := must(t, engine.Up, &run)
	if up.Created != 1 || up.Updated != 1 {
		t.Errorf("up created %d and corrected %d: %v", up.Created, up.Updated, up.Changes)
	}
	if again := must(t, engine.Up, &run); !again.Unchanged() {
		t.Errorf("the up after it changed %v", again.Changes)
	}
}

func TestARefusedResourceIsReportedInOneLine(t *testing.T) {
	run, w := rehearse(t, program.Network)
	w.Fail = func(op, typ string, _ world.Properties) error {
		if op == "create" && typ == "aws:ec2/vpc:Vpc" {
			return errRefused
		}
		return nil
	}
	result, err := engine.Up(context.Background(), run)
	if err == nil {
		t.Fatal("up succeeded")
	}
	want := "aws:ec2/vpc:Vpc vpc: VpcLimitExceeded: the maximum number of VPCs has been reached"
	if !slices.Equal(result.Errors, []string{want}) {
		t.Errorf("errors are %q, want %q alone", result.Errors, want)
	}
	w.Fail, run.Base = nil, result.State
	must(t, engine.Up, &run)
}

func TestAResourceThatDidNotBecomeReadyIsKeptAndCompletedByTheNextUp(t *testing.T) {
	run, w := rehearse(t, program.Network)
	w.Fail = func(op, typ string, _ world.Properties) error {
		if op == "create" && typ == "aws:ec2/vpc:Vpc" {
			return &world.Incomplete{Reasons: []string{"still pending"}}
		}
		return nil
	}
	result, err := engine.Up(context.Background(), run)
	if err == nil || !strings.Contains(err.Error(), "still pending") {
		t.Fatalf("up returned %v", err)
	}
	w.Fail, run.Base = nil, result.State
	up := must(t, engine.Up, &run)
	if up.Updated != 1 || len(w.Objects()) != 3 {
		t.Errorf("up updated %d and left %d objects; want the VPC finished and two more subnets", up.Updated, len(w.Objects()))
	}
	must(t, engine.Destroy, &run)
}

func TestAProgramsOwnErrorIsReportedUnchanged(t *testing.T) {
	run, _ := rehearse(t, func(*pulumi.Context) error { return errors.New("nodeGroups: none given") })
	result, err := engine.Preview(context.Background(), run)
	if err == nil || len(result.Errors) != 1 || !strings.Contains(result.Errors[0], "nodeGroups: none given") {
		t.Errorf("errors are %q", result.Errors)
	}
}

func TestAPackageThatIsNotSimulatedIsNeverDownloaded(t *testing.T) {
	run, _ := rehearse(t, program.Network)
	delete(run.Providers, "aws")
	_, err := engine.Preview(context.Background(), run)
	if err == nil || !strings.Contains(err.Error(), `package "aws"`) || !strings.Contains(err.Error(), "downloads none") {
		t.Errorf("the error is %v", err)
	}
}

func TestTwoVersionsOfAPackageAreRefused(t *testing.T) {
	run, _ := rehearse(t, func(ctx *pulumi.Context) error {
		for _, version := range []string{"6.83.2", "6.83.1"} {
			_, err := aws.NewProvider(ctx, "aws-"+version, &aws.ProviderArgs{Region: pulumi.String("us-east-1")}, pulumi.Version(version))
			if err != nil {
				return err
			}
		}
		return nil
	})
	_, err := engine.Up(context.Background(), run)
	if err == nil || !strings.Contains(err.Error(), "package aws is requested in two versions") {
		t.Errorf("the error is %v", err)
	}
}

func TestAnUpgradeOfAPackageIsNotAConflict(t *testing.T) {
	run, _ := rehearse(t, func(ctx *pulumi.Context) error {
		_, err := aws.NewProvider(ctx, "aws", &aws.ProviderArgs{Region: pulumi.String("us-east-1")}, pulumi.Version("6.83.1"))
		return err
	})
	must(t, engine.Up, &run)
	run.Program = engine.Inline(program.Network)
	must(t, engine.Up, &run)
}

func TestTwoStacksAreRehearsedAtTheSameTime(t *testing.T) {
	var done sync.WaitGroup
	for range 2 {
		run, w := rehearse(t, program.Cluster)
		done.Go(func() {
			up, err := engine.Up(context.Background(), run)
			if err != nil || len(w.Objects()) == 0 {
				t.Errorf("%v", err)
				return
			}
			run.Base = up.State
			if _, err = engine.Destroy(context.Background(), run); err != nil || len(w.Objects()) != 0 {
				t.Errorf("%v, left %v", err, w.Objects())
			}
		})
	}
	done.Wait()
}

func TestACompiledProgramCreatesTheSameResourcesAsTheInlineOne(t *testing.T) {
	run, w := rehearse(t, program.Network)
	run.Program = engine.Binary(testBinary)
	compiled := must(t, engine.Up, &run)
	run.Program = engine.Inline(program.Network)
	if again := must(t, engine.Up, &run); !again.Unchanged() || compiled.Outputs["vpc"] == nil {
		t.Errorf("the inline program would change %v of the compiled one's resources: %v", again.Changes, w.Calls())
	}
}

func callOf(t *testing.T, result *engine.Result, name string) engine.Call {
	t.Helper()
	for _, call := range result.Calls {
		if call.Name == name {
			return call
		}
	}
	t.Fatalf("%s made no call for %s", result.Operation, name)
	return engine.Call{}
}
