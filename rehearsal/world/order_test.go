package world

import (
	"slices"
	"testing"
)

// everyNeed creates a cluster with all resources of the needs, by the program.
func everyNeed(t *testing.T) *kubeLab {
	t.Helper()
	l := newLab(t)
	l.make("logs", logGroupType, Properties{"name": "/aws/eks/dev/cluster"})
	l.clusterUp().cni()
	l.make("entry", accessEntryType, Properties{"clusterName": "dev", "principalArn": l.object(roleType, "node-role").text("arn"), "type": "EC2_LINUX"})
	l.make("general", nodeGroupType, l.groupInputs())
	l.make("coredns", addonType, l.addonInputs("coredns"))
	l.tag("public-a", "kubernetes.io/role/elb").tag("public-b", "kubernetes.io/role/elb")
	l.world.options.Chart = chartFolder()
	k := &kubeLab{l, l.dial(l.kubeconfig())}
	k.controlled().apply(deploymentType, edited(web(), "metadata.namespace", "default"))
	k.apply(serviceType, edited(nlb(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}), "metadata.namespace", "default"))
	k.apply(serviceType, edited(service("clb", "LoadBalancer"), "metadata.namespace", "default"))
	k.apply(ingressClassType, ingressClass("ours", albController))
	k.apply(ingressType, edited(edited(ingress("web", nil), "spec.ingressClassName", "ours"), "metadata.namespace", "default"))
	return k
}

// proof is a copy of an account in which one need is violated.
type proof struct {
	world *World
	later []*Object
	*kubeLab
}

func (k *kubeLab) proof(need *Need) (p *proof, earlier []*Object) {
	p = &proof{world: k.world.Clone(), kubeLab: k}
	owned := p.world.all("", func(o *Object) bool { return o.Owner == "" })
	things := make([]Thing, len(owned))
	for i, o := range owned {
		things[i] = Thing{o.Type, o.Inputs}
	}
	need.Pairs(things, func(a, b int) { p.later, earlier = append(p.later, owned[a]), append(earlier, owned[b]) })
	return p, earlier
}

func (p *proof) client(typ string) Client {
	if removalRank(typ) < 0 {
		client, err := p.world.Kubernetes(p.kubeconfig())
		if err != nil {
			p.t.Fatal(err)
		}
		return client
	}
	client, err := p.world.AWS(AWSConfig{Region: "ap-northeast-2"})
	if err != nil {
		p.t.Fatal(err)
	}
	return client
}

func (p *proof) create(o *Object) error {
	_, err := p.client(o.Type).Create(o.Type, o.Inputs)
	return err
}

func (p *proof) delete(o *Object) error { return p.client(o.Type).Delete(o.Type, o.ID) }

// clear deletes some resources of the program, and first those that are deleted before them.
func (p *proof) clear(targets []*Object) {
	order := []string{ingressType, ingressClassType, serviceType, deploymentType, releaseType}
	rank := func(o *Object) int {
		if at := slices.Index(order, o.Type); at >= 0 {
			return at - len(order) - 1
		}
		return removalRank(o.Type)
	}
	last := rank(slices.MaxFunc(targets, func(a, b *Object) int { return rank(a) - rank(b) }))
	owned := p.world.all("", func(o *Object) bool { return o.Owner == "" && (rank(o) < last || slices.Contains(targets, o)) })
	slices.SortStableFunc(owned, func(a, b *Object) int { return rank(a) - rank(b) })
	for _, o := range owned {
		if err := p.delete(o); err != nil {
			p.t.Fatalf("%s %s: %v", o.Type, o.ID, err)
		}
	}
}

func TestEveryNeedIsRequiredByItsRules(t *testing.T) {
	k := everyNeed(t)
	for _, need := range Needs() {
		t.Run(need.Later+" after "+need.Earlier, func(t *testing.T) {
			k.t = t
			if need.Up == (Rule{}) && need.Down == (Rule{}) {
				t.Fatal("no rule requires it")
			}
			if need.Up != (Rule{}) && !k.provenUp(&need) {
				t.Errorf("up, nothing is refused because %s", need.Up.Name())
			}
			if need.Down != (Rule{}) && !k.provenDown(&need) {
				t.Errorf("down, nothing is refused because %s", need.Down.Name())
			}
		})
	}
}

// provenUp creates the later resources without the earlier ones: one of them is refused, or the earlier ones are when
// they are created.
func (k *kubeLab) provenUp(need *Need) bool {
	p, earlier := k.proof(need)
	if len(earlier) == 0 {
		k.t.Fatal("the cluster has no such resources")
	}
	p.clear(p.later)
	for _, o := range slices.Concat(earlier, earlier) {
		_ = p.delete(o)
	}
	for _, o := range slices.Concat(p.later, earlier) {
		if slices.Contains(refusals(p.create(o)), need.Up) {
			return true
		}
	}
	return false
}

// provenDown deletes the earlier resources first: that is refused, or the deletion of the later ones is, or that of
// what is deleted after them.
func (k *kubeLab) provenDown(need *Need) bool {
	p, earlier := k.proof(need)
	broken := func(err error) bool { return slices.Contains(refusals(err), need.Down) }
	for _, o := range slices.Concat(earlier, p.later) {
		if broken(p.delete(o)) {
			return true
		}
	}
	for _, o := range p.world.all(subnetType) {
		if broken(p.delete(o)) {
			return true
		}
	}
	return slices.ContainsFunc(earlier, func(o *Object) bool { return broken(p.create(o)) })
}
