package scenario_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// onAWS returns a client for changes without Pulumi.
func onAWS(t *testing.T, r *scenario.Rehearsal) world.Client {
	t.Helper()
	client, err := r.World().AWS(world.AWSConfig{Region: "ap-northeast-2"})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// detachPolicies detaches the policies of roles whose attachment's name contains a text, and attachPolicies attaches
// them again.
func detachPolicies(t *testing.T, r *scenario.Rehearsal, names ...string) (taken []world.Properties) {
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

func attachPolicies(t *testing.T, r *scenario.Rehearsal, taken []world.Properties) {
	t.Helper()
	for _, inputs := range taken {
		if _, err := onAWS(t, r).Create(attachment, inputs); err != nil {
			t.Fatal(err)
		}
	}
}

// Each kind of load balancer is without an address after the first up, because its controller has no permissions. The
// provider keeps the known, empty status in the preview of the edit.
func TestAPreviewSucceedsWhileLoadBalancersHaveNoAddress(t *testing.T) {
	t.Parallel()
	values, project, dir := loadConfig(t, "changes"), t.TempDir(), copyBuilt(t)
	in := func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" }
	for _, workload := range []string{"classic2: {kind: clb}", "packets2: {kind: nlb}", "web2: {kind: alb, hosts: [web2.example.com]}"} {
		name, spec, _ := strings.Cut(workload, ": ")
		applyEdits(t, values, setKey("workloads."+name, spec))
	}
	saveProject(t, project, values)
	r := openRehearsal(t, in)
	taken := detachPolicies(t, r, "changes-lbc", "eksRole")
	// After a failed step the engine begins no other, so each up may report one load balancer.
	for range 3 {
		if up := r.Up(context.Background()); !strings.Contains(up.Error, "timed out waiting to be Ready") && !strings.Contains(up.Error, "not allocated an IP address") {
			t.Fatalf("up of load balancers without an address says %q", up.Error)
		}
	}
	r.Close()

	for _, name := range []string{"classic2", "packets2", "web2"} {
		applyEdits(t, values, setKey("workloads."+name+".sourceRanges", "[203.0.113.0/24]"))
	}
	saveProject(t, project, values)
	r = openRehearsal(t, in)
	if preview := r.Preview(context.Background()); preview.Error != "" {
		t.Fatalf("preview reports %s", preview.Error)
	}
	attachPolicies(t, r, taken)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatalf("up reports %s", up.Error)
	}
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up reports %s", again.Error)
	}
	if lost := r.World().Unreachable(); len(lost) > 0 {
		t.Errorf("load balancers reach nothing: %s", lost)
	}
}

// The new group's nodes cannot join while the node role lacks its policies.
func TestANodeGroupWhoseCreationFailedIsReplacedByItsURN(t *testing.T) {
	t.Parallel()
	values, project, dir := loadConfig(t, "changes"), t.TempDir(), copyBuilt(t)
	applyEdits(t, values, setKey("nodeGroups.late", "{instanceTypes: [m7g.large], scaling: {min: 1, desired: 1, max: 1}}"))
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	taken := detachPolicies(t, r, "changes-node-AmazonEKSWorkerNodePolicy")
	up := r.Up(context.Background())
	if !strings.Contains(up.Error, "CREATE_FAILED") {
		t.Fatalf("up reports %q", up.Error)
	}
	attachPolicies(t, r, taken)
	urn := ""
	for _, resource := range r.State().Resources() {
		if resource.URN.Name() == "changes-late" && string(resource.Type) == nodeGroup {
			urn = string(resource.URN)
		}
	}
	command := "pulumi up --replace '" + urn + "'"
	for _, before := range []string{"nothing", "a refresh"} {
		if before == "a refresh" {
			r.Refresh(context.Background())
		}
		if up := r.Up(context.Background()); !strings.Contains(up.Error, command) {
			t.Errorf("after %s up reports %q, without the command %s", before, up.Error, command)
		}
		if preview := r.Preview(context.Background()); preview.Error != "" {
			t.Errorf("after %s preview reports %q", before, preview.Error)
		}
	}
	if up := r.UpReplacing(context.Background(), urn); up.Error != "" || up.Replaced != 1 {
		t.Fatalf("the replacement replaces %d and says %q", up.Replaced, up.Error)
	}
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up reports %s", again.Error)
	}
}

// After a failed update the group still exists, and the next up continues with it.
func TestANodeGroupWhoseUpdateFailedIsNotReplaced(t *testing.T) {
	t.Parallel()
	values, project, dir := loadConfig(t, "changes"), t.TempDir(), copyBuilt(t)
	applyEdits(t, values, setKey("nodeGroups.general.diskGiB", "60"))
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	taken := detachPolicies(t, r, "changes-node-AmazonEKSWorkerNodePolicy")
	if up := r.Up(context.Background()); !strings.Contains(up.Error, "NodeCreationFailure") {
		t.Fatalf("up reports %q", up.Error)
	}
	attachPolicies(t, r, taken)
	r.Refresh(context.Background())
	up := r.Up(context.Background())
	if up.Error != "" || up.Replaced != 0 {
		t.Fatalf("the up after a failed update replaces %d and says %q", up.Replaced, up.Error)
	}
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up reports %s", again.Error)
	}
}

func TestUpRecommendsACommandForALogGroupThatEKSCreatedAgain(t *testing.T) {
	t.Parallel()
	r := openRehearsal(t)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatalf("up reports %s", up.Error)
	}
	if destroy := r.Destroy(context.Background()); destroy.Error != "" {
		t.Fatalf("destroy reports %s", destroy.Error)
	}
	const command = "aws logs delete-log-group --log-group-name /aws/eks/local/cluster"
	if may := r.Report.MayAppear; len(may) != 1 || !strings.HasSuffix(may[0], command) {
		t.Errorf("after the destroy may appear %q", may)
	}
	r.World().DeliverLateLogs()
	up := r.Up(context.Background())
	if !strings.Contains(up.Error, "ResourceAlreadyExistsException") || !strings.Contains(up.Error, command) {
		t.Fatalf("the next up reports %q", up.Error)
	}
	if err := r.World().Run(command); err != nil {
		t.Fatal(err)
	}
	if up := r.Up(context.Background()); up.Error != "" {
		t.Errorf("the up after the command says %s", up.Error)
	}
}

func TestAnUpOutsideAPrivateAPIFailsSoon(t *testing.T) {
	t.Parallel()
	r := openRehearsal(t, projectWith(t, "private: true, public: true, publicCidrs: [203.0.113.0/24]", "private: true"), func(o *scenario.Options) { o.Outside = true })
	up := r.Up(context.Background())
	if !strings.Contains(up.Error, "the cluster's API does not answer") || !strings.Contains(up.Error, "To reach it, do one of the following:\n  - run this command inside the VPC") {
		t.Errorf("up reports %s", up.Error)
	}
	if up.WallSeconds > 120 {
		t.Errorf("up took %.0f s on this machine", up.WallSeconds)
	}
}

func TestRecoveryIsProvenForTheStackWithTheMostTypes(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	most, name := 0, ""
	for _, s := range committedStates(t) {
		types := map[string]bool{}
		for _, r := range s.stateGraph {
			if r.Custom {
				types[string(r.Type)] = true
			}
		}
		if len(types) > most {
			most, name = len(types), s.name
		}
	}
	if !strings.Contains(string(makefile), "MOST_TYPES := "+name+"\n") {
		t.Errorf("%s has the most resource types, %d, and the Makefile names another", name, most)
	}
}
