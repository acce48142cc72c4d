package prove

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

var update = flag.Bool("update", false, "prove all edges and write docs/ordering.md")

// edgeRig opens a rig of stack local; change edits its options.
func edgeRig(t *testing.T, change ...func(*Options)) *Rig {
	t.Helper()
	o := Options{Root: "../..", Stack: "local", Program: engine.Inline(stack.Program)}
	for _, c := range change {
		c(&o)
	}
	r, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// With -short it tries a sample. make prove tries all edges and compares the document with all.
func TestEdgesAreNeededAsOrderingDocuments(t *testing.T) {
	r := edgeRig(t, func(o *Options) {
		if testing.Short() && !*update {
			o.Sample = 6
		}
	})
	proofs, err := Edges(context.Background(), r, stack.Program, nil)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, p := range proofs {
		if p.Problem() != "" {
			t.Error(p.Problem())
		}
		if !p.Skipped {
			tried++
		}
	}
	if tried < 5 {
		t.Errorf("%d edges of %d are tried", tried, len(proofs))
	}
	carried, err := CarriedOrders(context.Background(), r, stack.Program)
	if err != nil {
		t.Fatal(err)
	}
	const file = "../../docs/ordering.md"
	if *update {
		if err := os.WriteFile(file, []byte(Ordering(proofs, carried)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range OrderingDiffers(string(got), proofs, carried) {
		t.Errorf("%s: %s: go test ./prove -run Ordering -update", file, line)
	}
}

func TestAnOutdatedDocumentOfTheEdgesIsFound(t *testing.T) {
	one := EdgeProof{Edge: Edge{Dependent: "nodes", Prerequisite: "cni", Reason: "addresses"}, Up: "no address"}
	other := EdgeProof{Edge: Edge{Dependent: "nat", Prerequisite: "internet", Reason: "a route"}, Down: "in use"}
	carried := []Carried{{Later: "a", Earlier: "b", Why: "its id"}}
	document := Ordering([]EdgeProof{one, other}, carried)
	skipped := EdgeProof{Edge: other.Edge, Skipped: true}
	renamed := EdgeProof{Edge: Edge{Dependent: "nat", Prerequisite: "internet", Reason: "another reason"}, Skipped: true}
	other.Down = "in use by something"
	for name, c := range map[string]struct {
		proofs  []EdgeProof
		differs bool
	}{
		"a skipped edge":                   {[]EdgeProof{one, skipped}, false},
		"another reason of a skipped edge": {[]EdgeProof{one, renamed}, true},
		"another proof":                    {[]EdgeProof{one, other}, true},
		"one edge more":                    {[]EdgeProof{one, skipped, skipped}, true},
	} {
		if differ := OrderingDiffers(document, c.proofs, carried); (len(differ) > 0) != c.differs {
			t.Errorf("%s: %q", name, differ)
		}
	}
}

// editedProject creates a project with only stack local and with some texts replaced: its stack.go may have more edges
// than the program, on the same lines.
func editedProject(t *testing.T, replace ...string) func(*Options) {
	t.Helper()
	root, found := t.TempDir(), false
	for _, file := range []string{"Pulumi.yaml", "Pulumi.local.yaml", "stack/stack.go"} {
		raw, err := os.ReadFile(filepath.Join("../..", file))
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		found = found || strings.Contains(text, replace[0])
		text = strings.NewReplacer(replace...).Replace(text)
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o755), os.WriteFile(filepath.Join(root, file), []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if !found {
		t.Fatalf("the project has no %s", replace[0])
	}
	return func(o *Options) { o.Root, o.Install = root, "../../rehearsal" }
}

func TestAnEdgeThatIsNotNeededIsFound(t *testing.T) {
	r := edgeRig(t, editedProject(t, "b.after(coreDNS)", "b.after(coreDNS, cni)", "b.coreDNS(control,\n\t\tb.after(nodes...)", "b.coreDNS(control,\n\t\tb.after(nodes, access)"))
	source, err := readSource(r.options.Root)
	if err != nil {
		t.Fatal(err)
	}
	sites, wanted := newBuiltStacks(r, stack.Program), map[string]string{
		"controller after cni": "redundant",
		"coreDNS after access": "nothing fails without it",
	}
	for _, edge := range source.edges {
		want, expected := wanted[edge.String()]
		if !expected {
			continue
		}
		delete(wanted, edge.String())
		proof, err := sites.prove(context.Background(), r.hosts[0], edge)
		if err != nil || !strings.HasPrefix(proof.Problem(), edge.String()+": "+want) {
			t.Errorf("the problem of %s is %q, %v", edge, proof.Problem(), err)
		}
	}
	if len(wanted) > 0 {
		t.Errorf("not read: %v", wanted)
	}
}

func TestAnEdgeWithoutAReasonIsRefused(t *testing.T) {
	o := Options{}
	editedProject(t, " // its pods resolve the names of AWS APIs", "")(&o)
	if _, err := readSource(o.Root); err == nil || !strings.Contains(err.Error(), "without a reason") {
		t.Errorf("the error is %v", err)
	}
}

func TestNoEdgeIsMissing(t *testing.T) {
	r := edgeRig(t, func(o *Options) { o.Sample = 5 })
	gaps, tried, err := Gaps(context.Background(), r, stack.Program, nil)
	if err != nil || tried < 4 {
		t.Fatalf("%d tried, %v", tried, err)
	}
	for _, gap := range gaps {
		t.Error(gap)
	}
}

func TestAMissingEdgeIsFound(t *testing.T) {
	r, ctx := edgeRig(t, editedProject(t, "nat: zone", "nat: single")), context.Background()
	without := scenario.Cut(stack.Program, []scenario.Component{{Type: "eksnet:cluster:NodeGroup"}}, []scenario.Component{{Type: "eksnet:network:NAT"}})
	at, err := newBuiltStacks(r, without).buildOwn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	gap, err := at.gap(ctx, r.hosts[0], at.graph.kind(resourceKind{"aws:ec2/route:Route", "private-ap-northeast-2c"})[0])
	if err != nil || gap.Up == "" {
		t.Errorf("found %q up, %q down, %v", gap.Up, gap.Down, err)
	}
}

func TestAnOrderKeepsTheOtherEdgesAndDelaysThePrerequisite(t *testing.T) {
	r := edgeRig(t)
	at, err := newBuiltStacks(r, stack.Program).buildOwn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	source, err := readSource(r.options.Root)
	if err != nil {
		t.Fatal(err)
	}
	for _, edge := range source.edges {
		o, _ := cutEdges(at.graph, at.seen.of(edge.dependent), at.seen.of(edge.prerequisite))
		for _, line := range slices.Concat(o.orders(false), o.orders(true)) {
			passed, held := urnSet{}, false
			for _, r := range line.resources {
				for before := range o.graph.behind[r.URN] {
					if !passed[before] {
						t.Errorf("%s: %s comes before %s", edge, r.URN.Name(), before.Name())
					}
				}
				passed[r.URN] = true
				held = held || line.held[r.URN]
				if held && !o.graph.dependentsOf(line.held)[r.URN] {
					t.Errorf("%s: %s comes after what is held and does not need it", edge, r.URN.Name())
				}
			}
		}
	}
}

func TestAGateThatWaitsForACallThatIsNotMadeEndsWithAnError(t *testing.T) {
	one, other := urn.URN("urn:pulumi:s::p::aws:ec2/vpc:Vpc::one"), urn.URN("urn:pulumi:s::p::aws:ec2/vpc:Vpc::other")
	g := newGate(creationOrder{resources: []apitype.ResourceV3{{URN: one, Custom: true, Type: one.Type()}, {URN: other, Custom: true, Type: other.Type()}}})
	g.patience = time.Millisecond
	g.pass(other)
	if g.err == nil || !strings.Contains(g.err.Error(), "other waits for aws:ec2/vpc:Vpc one, which is not called") {
		t.Errorf("the error is %v", g.err)
	}
}

func TestTheErrorOfAnEdgeIsTheSameInEachRun(t *testing.T) {
	for _, c := range []struct{ token, message, want string }{
		{"aws:eks/nodeGroup:NodeGroup", "waiting for EKS Node Group (dev:g-465f070) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: i-0d81b8845f772f42a: NodeCreationFailure: no way (subnet subnet-058db0d0e1383a880)",
			"NodeGroup: … NodeCreationFailure: no way (subnet subnet-…)"},
		{"kubernetes:core/v1:Service", "no pod runs; [Pod kube-system/controller-bb0463ce84-0]: ip-10-0-64-5.internal has no way", "Service: no pod runs; [Pod kube-system/controller-…]: ip-….internal has no way"},
	} {
		if got := shortenMessage(c.token, c.message); got != c.want {
			t.Errorf("the message is %q", got)
		}
	}
}

func TestAnUnmodelledRequestProvesNoEdge(t *testing.T) {
	refused := "aws:ec2/vpc:Vpc one: operation error EC2"
	if line, err := refusalLine([]string{refused}, ""); err != nil || line != "Vpc: operation error EC2" {
		t.Errorf("a refusal is %q, %v", line, err)
	}
	for _, line := range []string{"aws:ec2/vpc:Vpc one: the simulated account does not model IPv6", "fault of the simulated account: x", "the program panicked: nil"} {
		if got, err := refusalLine([]string{refused, line}, ""); err == nil {
			t.Errorf("%q proves %q", line, got)
		}
	}
}
