package world_test

import (
	"slices"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/cleanup"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// everyNeed creates a cluster with all resources of the needs, by the program.
func everyNeed(t *testing.T) *worldtest.KubeLab {
	t.Helper()
	l := worldtest.NewLab(t)
	l.Make("logs", store.LogGroupType, store.Properties{"name": "/aws/eks/dev/cluster"})
	l.ClusterUp().CNI()
	l.Make("entry", store.AccessEntryType, store.Properties{"clusterName": "dev", "principalArn": l.Object(store.RoleType, "node-role").Text("arn"), "type": "EC2_LINUX"})
	l.Make("general", store.NodeGroupType, l.GroupInputs())
	l.Make("coredns", store.AddonType, l.AddonInputs("coredns"))
	l.Make("metrics-server", store.AddonType, l.AddonInputs("metrics-server"))
	l.Tag("public-a", "kubernetes.io/role/elb").Tag("public-b", "kubernetes.io/role/elb")
	l.World.Options.Charts = worldtest.Charts()
	k := &worldtest.KubeLab{Lab: l, Kube: l.Dial(l.Kubeconfig())}
	k.GatewayAPI().Controlled().Apply(store.DeploymentType, worldtest.Edited(worldtest.Web(), "metadata.namespace", "default"))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}), "metadata.namespace", "default"))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.Service("clb", "LoadBalancer"), "metadata.namespace", "default"))
	k.Apply(store.IngressClassType, worldtest.IngressClass("ours", lbc.ALBController))
	k.Apply(store.IngressType, worldtest.Edited(worldtest.Edited(worldtest.Ingress("web", nil), "spec.ingressClassName", "ours"), "metadata.namespace", "default"))
	k.Apply(store.GatewayClassType, worldtest.GatewayClass("alb"))
	k.Apply(store.TargetConfigurationType, worldtest.TargetConfiguration("web", nil))
	k.Meshed().NamespaceFor(worldtest.IstioGatewaySpace, nil)
	k.Apply(store.ReleaseType, worldtest.Edited(worldtest.IstioGatewayInputs(), "name", "istio-ingress"))
	k.Apply(store.PeerAuthenticationType, worldtest.StrictPolicy())
	return k.Gated("alb", nil)
}

// proof is a copy of an account in which one need is violated.
type proof struct {
	world *world.World
	later []*store.Object
	*worldtest.KubeLab
}

func newProof(k *worldtest.KubeLab, need *world.Need) (p *proof, earlier []*store.Object) {
	p = &proof{world: k.World.Clone(), KubeLab: k}
	owned := p.world.All("", func(o *store.Object) bool { return o.Owner == "" })
	things := make([]world.Thing, len(owned))
	for i, o := range owned {
		things[i] = world.Thing{Type: o.Type, Inputs: o.Inputs}
	}
	need.Pairs(things, func(a, b int) { p.later, earlier = append(p.later, owned[a]), append(earlier, owned[b]) })
	return p, earlier
}

func (p *proof) client(typ string) store.Client {
	if cleanup.RemovalRank(typ) < 0 {
		client, err := p.world.Kubernetes(p.Kubeconfig())
		if err != nil {
			p.T.Fatal(err)
		}
		return client
	}
	client, err := p.world.AWS(world.AWSConfig{Region: "ap-northeast-2"})
	if err != nil {
		p.T.Fatal(err)
	}
	return client
}

func (p *proof) create(o *store.Object) error {
	_, err := p.client(o.Type).Create(o.Type, o.Inputs)
	return err
}

func (p *proof) delete(o *store.Object) error { return p.client(o.Type).Delete(o.Type, o.ID) }

// clear deletes some resources of the program, and first those that are deleted before them.
func (p *proof) clear(targets []*store.Object) {
	order := []string{store.PeerAuthenticationType, store.HTTPRouteType, store.GatewayType, store.TargetConfigurationType, store.BalancerConfigurationType, store.GatewayClassType, store.IngressType, store.IngressClassType, store.ServiceType, store.DeploymentType, store.ReleaseType, store.AdmissionBindingType, store.AdmissionPolicyType, store.CrdType}
	rank := func(o *store.Object) int {
		if at := slices.Index(order, o.Type); at >= 0 {
			return at - len(order) - 1
		}
		return cleanup.RemovalRank(o.Type)
	}
	last := rank(slices.MaxFunc(targets, func(a, b *store.Object) int { return rank(a) - rank(b) }))
	owned := p.world.All("", func(o *store.Object) bool { return o.Owner == "" && (rank(o) < last || slices.Contains(targets, o)) })
	slices.SortStableFunc(owned, func(a, b *store.Object) int { return rank(a) - rank(b) })
	for _, o := range owned {
		if err := p.delete(o); err != nil {
			p.T.Fatalf("%s %s: %v", o.Type, o.ID, err)
		}
	}
}

func TestEveryNeedIsRequiredByItsRules(t *testing.T) {
	k := everyNeed(t)
	for _, need := range world.Needs() {
		t.Run(need.Later+" after "+need.Earlier, func(t *testing.T) {
			k.T = t
			if need.Up == (store.Rule{}) && need.Down == (store.Rule{}) {
				t.Fatal("no rule requires it")
			}
			if need.Up != (store.Rule{}) && !provenUp(k, &need) {
				t.Errorf("up, nothing is refused because %s", need.Up.Name())
			}
			if need.Down != (store.Rule{}) && !provenDown(k, &need) {
				t.Errorf("down, nothing is refused because %s", need.Down.Name())
			}
		})
	}
}

// provenUp creates the later resources without the earlier ones: one of them is refused, or the earlier ones are when
// they are created.
func provenUp(k *worldtest.KubeLab, need *world.Need) bool {
	p, earlier := newProof(k, need)
	if len(earlier) == 0 {
		k.T.Fatal("the cluster has no such resources")
	}
	p.clear(p.later)
	for _, o := range slices.Concat(earlier, earlier) {
		_ = p.delete(o)
	}
	for _, o := range slices.Concat(p.later, earlier) {
		if slices.Contains(worldtest.Refusals(p.create(o)), need.Up) {
			return true
		}
	}
	return false
}

// provenDown deletes the earlier resources first: that is refused, or the deletion of the later ones is, or that of
// what is deleted after them.
func provenDown(k *worldtest.KubeLab, need *world.Need) bool {
	p, earlier := newProof(k, need)
	broken := func(err error) bool { return slices.Contains(worldtest.Refusals(err), need.Down) }
	for _, o := range slices.Concat(earlier, p.later) {
		if broken(p.delete(o)) {
			return true
		}
	}
	for _, o := range p.world.All(store.SubnetType) {
		if broken(p.delete(o)) {
			return true
		}
	}
	return slices.ContainsFunc(earlier, func(o *store.Object) bool { return broken(p.create(o)) })
}
