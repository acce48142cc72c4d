package scenario_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/changes"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/scenario"
	"eksnet/stack"
)

const (
	twoZones   = "[ap-northeast-2a, ap-northeast-2b]"
	threeZones = "[ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]"

	// thirdZone has the resources of a zone with one NAT gateway for all zones.
	thirdZone = `
		Subnet changes-private-ap-northeast-2c
		Subnet changes-public-ap-northeast-2c
		RouteTable changes-private-ap-northeast-2c
		RouteTable changes-public-ap-northeast-2c
		RouteTableAssociation changes-private-ap-northeast-2c
		RouteTableAssociation changes-public-ap-northeast-2c
		SubnetCidrReservation changes-private-ap-northeast-2c
		Route changes-private-ap-northeast-2c
		Route changes-public-ap-northeast-2c`

	// movedBalancers are the objects whose load balancers get other subnets, movedNodes the node groups, whose
	// subnets cannot change.
	movedBalancers = `
		update Service classic-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
		update Service packets-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
		update Service ports-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
		update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/subnets"])
		update Ingress shop-alb (metadata.annotations["alb.ingress.kubernetes.io/subnets"])
		update Ingress cart-alb (metadata.annotations["alb.ingress.kubernetes.io/subnets"])`
	movedNodes = `
		update VpcEndpoint changes-s3 (routeTableIds[2])
		replace NodeGroup changes-batch (subnetIds[2])
		replace NodeGroup changes-general (subnetIds[2])`
)

// zonesTest is the stack of changes in the test's own folder, with edits of its file.
type zonesTest struct {
	t            *testing.T
	dir, project string
	values       changes.Config
}

func zonedStack(t *testing.T) *zonesTest {
	t.Helper()
	return &zonesTest{t, copyBuilt(t), t.TempDir(), loadConfig(t, "changes")}
}

// open saves the stack file with some edits and opens its rehearsal.
func (z *zonesTest) open(edits []edit, options ...func(*scenario.Options)) *scenario.Rehearsal {
	z.t.Helper()
	applyEdits(z.t, z.values, edits...)
	saveProject(z.t, z.project, z.values)
	in := func(o *scenario.Options) { o.Dir, o.Root, o.Stack = z.dir, z.project, "changes" }
	return openRehearsal(z.t, append([]func(*scenario.Options){in}, options...)...)
}

// rehearse previews and makes a change, and runs up once more. Preview and up must agree, no load balancer may report
// a problem, every target must be in a zone of its load balancer, and the second up must change nothing.
func (z *zonesTest) rehearse(c stackChange) {
	z.t.Helper()
	r := z.open(c.edits)
	defer r.Close()
	preview := r.Preview(context.Background())
	if preview.Error != "" {
		z.t.Fatalf("preview reports %s", preview.Error)
	}
	c.rehearse(z.t, r)
	up := r.Report.Operations[len(r.Report.Operations)-2]
	if preview.Created != up.Created || preview.Updated != up.Updated || preview.Replaced != up.Replaced || preview.Deleted != up.Deleted {
		z.t.Errorf("preview creates %d, updates %d, replaces %d, deletes %d, and up %d, %d, %d, %d", preview.Created, preview.Updated, preview.Replaced,
			preview.Deleted, up.Created, up.Updated, up.Replaced, up.Deleted)
	}
	if events := r.World().Events(); len(events) > 0 {
		z.t.Errorf("controllers report %s", strings.Join(events, "\n"))
	}
	if again := r.UpAgain(context.Background()); again.Error != "" {
		z.t.Errorf("a second up reports %s", again.Error)
	}
}

// destroy destroys the stack.
func (z *zonesTest) destroy() {
	z.t.Helper()
	r := z.open(nil)
	defer r.Close()
	if destroy := r.Destroy(context.Background()); destroy.Error != "" {
		z.t.Errorf("destroy reports %s", destroy.Error)
	}
}

const steadyWorkloads = applicationResources + `
	eksnet:workloads:Backend more
	eksnet:workloads:ALB more
	Service more-alb
	Ingress more-alb`

const movedSteady = `
	update Ingress more-alb (metadata.annotations["alb.ingress.kubernetes.io/subnets"])`

// The control plane keeps its two zones. Load balancers follow the zones in place. Subnets of a node group cannot
// change, so another group replaces it, and its pods become ready behind load balancers that are in their zones.
func TestAZoneIsAppendedAndRemovedWithEveryKindOfLoadBalancer(t *testing.T) {
	t.Parallel()
	z := zonedStack(t)
	z.rehearse(stackChange{
		edits: []edit{setKey("workloads.more", "{kind: alb, readinessGate: true, replicas: 3}"), setKey("workloads.packets.replicas", "3")},
		want:  setEach("create", steadyWorkloads) + "\nupdate Deployment packets (spec.replicas)",
	})
	z.rehearse(stackChange{edits: []edit{setKey("network.zones", threeZones)}, want: setEach("create", thirdZone) + movedBalancers + movedSteady + movedNodes})
	z.rehearse(stackChange{edits: []edit{setKey("network.zones", twoZones)}, want: setEach("delete", thirdZone) + movedBalancers + movedSteady + movedNodes})
	z.destroy()
}

// With a NAT gateway in each zone, endpoints, and pods in separate subnets, more than subnets is deleted with a zone.
func TestAZoneIsRemovedWithItsGatewayEndpointsAndPodSubnet(t *testing.T) {
	t.Parallel()
	z := zonedStack(t)
	all := []edit{setKey("network.zones", threeZones), setKey("network.nat", "zone"), setKey("network.endpoints", "[ecr.api, ecr.dkr]"), setKey("network.podCidr", "100.64.0.0/16"),
		setKey("network.controlPlaneSubnets", "true")}
	r := z.open(all)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatalf("up reports %s", up.Error)
	}
	r.Close()
	z.rehearse(stackChange{edits: []edit{setKey("network.zones", twoZones)}, want: setEach("delete", `
		Subnet changes-private-ap-northeast-2c
		Subnet changes-public-ap-northeast-2c
		Subnet changes-pods-ap-northeast-2c
		RouteTable changes-private-ap-northeast-2c
		RouteTable changes-public-ap-northeast-2c
		RouteTable changes-pods-ap-northeast-2c
		RouteTableAssociation changes-private-ap-northeast-2c
		RouteTableAssociation changes-public-ap-northeast-2c
		RouteTableAssociation changes-pods-ap-northeast-2c
		Route changes-private-ap-northeast-2c
		Route changes-public-ap-northeast-2c
		Route changes-pods-ap-northeast-2c
		NatGateway changes-ap-northeast-2c
		Eip changes-ap-northeast-2c`) + movedBalancers + `
		update VpcEndpoint changes-s3 (routeTableIds[2], routeTableIds[5])
		update VpcEndpoint changes-ecr.api (subnetIds[2])
		update VpcEndpoint changes-ecr.dkr (subnetIds[2])
		update Addon changes-vpc-cni (configurationValues)
		replace NodeGroup changes-batch (subnetIds[2])
		replace NodeGroup changes-general (subnetIds[2])`})
	z.destroy()
}

// Elastic IPs belong to zones: with other zones another Service replaces the first, and keeps the addresses of the
// remaining zones.
func TestElasticIPsAreAddedAndRemovedWithTheirZones(t *testing.T) {
	t.Parallel()
	z := zonedStack(t)
	const fixed = `
		eksnet:workloads:NLB more
		Service more-nlb`
	replaced := `
		replace Service more-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-eip-allocations"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])`
	z.rehearse(stackChange{edits: []edit{setKey("workloads.more", "{kind: nlb, elasticIps: [eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2]}")},
		want: setEach("create", applicationResources+fixed)})
	z.rehearse(stackChange{edits: []edit{setKey("network.zones", threeZones), setKey("workloads.more.elasticIps", "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2, eipalloc-0aaaaaaaaaaaaaaa3]")},
		want: setEach("create", thirdZone) + movedBalancers + movedNodes + replaced, moved: []string{"more"}})
	z.rehearse(stackChange{edits: []edit{setKey("network.zones", twoZones), setKey("workloads.more.elasticIps", "[eipalloc-0aaaaaaaaaaaaaaa1, eipalloc-0aaaaaaaaaaaaaaa2]")},
		want: setEach("delete", thirdZone) + movedBalancers + movedNodes + replaced, moved: []string{"more"}})
	z.destroy()
}

// stopAfter ends an operation after a resource of a type and name is complete.
type stopAfter struct {
	scenario.Silent
	once      sync.Once
	typ, name string
	do        func()
}

func (s *stopAfter) Event(event scenario.Event) {
	if urn, ended := scenario.FinishedResource(event); ended && string(urn.Type()) == s.typ && urn.Name() == s.name {
		s.once.Do(s.do)
	}
}

// Members of a group are changed one after the other. In between the controller reports that they name different
// subnets and does not change the load balancer.
func TestAnUpThatStopsWhileAGroupMovesIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	z := zonedStack(t)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	r := z.open([]edit{setKey("network.zones", threeZones)}, func(o *scenario.Options) {
		o.Progress = &stopAfter{typ: ingress, name: "cart-alb", do: func() { cancel(); close(stopped) }}
		o.Program = engine.Inline(func(ctx *pulumi.Context) error {
			err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
				if args.Type == ingress && args.Name == "shop-alb" {
					<-stopped
					time.Sleep(time.Second) // it is registered after the end of the up, which the engine ends by itself
				}
				return nil
			})
			if err != nil {
				return err
			}
			return stack.Program(ctx)
		})
	})
	if up := r.Up(ctx); !strings.Contains(up.Error, "cancelled") {
		t.Fatalf("the stopped up reports %q", up.Error)
	}
	events := strings.Join(r.World().Events(), "\n")
	if !strings.Contains(events, "group demo") || !strings.Contains(events, "conflicting subnets") {
		t.Errorf("controllers report %q", events)
	}
	if lost := strings.Join(r.World().Unreachable(), "\n"); !strings.Contains(lost, "Target.NotInUse") {
		t.Errorf("the load balancer of the group is in all zones already: %s", lost)
	}
	r.Close()
	r = z.open(nil)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatalf("the next up reports %s", up.Error)
	}
	if lines := append(r.World().Events(), r.World().Unreachable()...); len(lines) > 0 {
		t.Errorf("after the next up: %s", strings.Join(lines, "\n"))
	}
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up reports %s", again.Error)
	}
	r.Close()
	z.destroy()
}

// The position in the list determines a zone's addresses, and EKS never changes the zones of a control plane, so the
// change is refused before anything changes.
func TestReplacingAZoneByAnotherIsRefusedBeforeAnythingChanges(t *testing.T) {
	t.Parallel()
	z := zonedStack(t)
	for zones, says := range map[string]string{
		"[ap-northeast-2b, ap-northeast-2a]":                  `network.zones[0]: "ap-northeast-2b" takes the place of ap-northeast-2a`,
		"[ap-northeast-2b, ap-northeast-2c]":                  "EKS fixes its zones when it creates the cluster; begin the list with ap-northeast-2a, ap-northeast-2b and append others",
		"[ap-northeast-2a, ap-northeast-2c]":                  `network.zones[1]: "ap-northeast-2c" takes the place of ap-northeast-2b`,
		"[ap-northeast-2a, ap-northeast-2c, ap-northeast-2b]": `network.zones[1]: "ap-northeast-2c" takes the place of ap-northeast-2b`,
	} {
		r := z.open([]edit{setKey("network.zones", zones)})
		before := worldOf(t, r)
		for _, operation := range []scenario.Operation{r.Preview(context.Background()), r.Up(context.Background())} {
			if !strings.Contains(operation.Error, says) {
				t.Errorf("%s: %s says %q, want %q", zones, operation.Name, operation.Error, says)
			}
		}
		if worldOf(t, r) != before {
			t.Errorf("%s: something changed in the account", zones)
		}
		r.Close()
	}
}

// worldOf returns the saved account.
func worldOf(t *testing.T, r *scenario.Rehearsal) string {
	t.Helper()
	world, err := os.ReadFile(r.Dir + "/world.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(world)
}
