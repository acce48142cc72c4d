package world

import (
	"errors"
	"fmt"
	"time"
)

// Wait is time that passes on AWS and not here: a call waits for something that AWS does automatically, or retries
// until its timeout. The rehearsal's clock adds it.
type Wait struct {
	// Type and ID identify the resource whose call waits.
	Type, ID string
	// What describes what the call waits for.
	What    string
	Seconds float64
	// SinceType and SinceID identify the resource whose call began what the call waits for; both are "" for the waiting
	// call itself.
	SinceType, SinceID string
	// Behind is set for a change that no call waits for: it continues after the call, as a load balancer that becomes
	// active.
	Behind bool
}

// TakeWaits returns the waits since the last call of it.
func (w *World) TakeWaits() []Wait {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.waits
	w.waits = nil
	return taken
}

// What AWS does after a call (medians of published logs). Interfaces of a load balancer remain for some minutes at
// worst (https://github.com/hashicorp/terraform-provider-aws/issues/40).
const (
	balancerLingers = time.Minute
	balancerActive  = 150 * time.Second
	classicActive   = 5 * time.Second
)

// timeouts are how long a provider retries what a rule refuses before it reports the error of the last attempt. For
// aws: the resources' own timeouts (https://github.com/hashicorp/terraform-provider-aws, internal/service/ec2:
// vpc_subnet.go, vpc_security_group.go, vpc_internet_gateway.go, wait.go; internal/service/eks: addon.go). For
// kubernetes: ten minutes (https://github.com/pulumi/pulumi-kubernetes, provider/pkg/await), and a release's own.
func timeouts() map[Rule]time.Duration {
	return map[Rule]time.Duration{
		subnetEmpty: 20 * time.Minute, groupUnused: 15 * time.Minute, gatewayUnmapped: 20 * time.Minute, vpcEmpty: 5 * time.Minute,
		addonReplicas: 20 * time.Minute, podsEnd: providerWaits, rolloutEnds: providerWaits,
		deletionEnds: 10 * time.Minute, deploymentAvailable: 10 * time.Minute, serviceTargets: 10 * time.Minute,
		serviceAddressed: 10 * time.Minute, ingressTargeted: 10 * time.Minute, ingressAddressed: 10 * time.Minute, releaseReady: 5 * time.Minute,
	}
}

// timedOut records how long a call retried before it was refused.
func (w *World) timedOut(at key, err error) {
	var refusal *Refusal
	if !errors.As(err, &refusal) {
		return
	}
	if limit := timeouts()[Rule{refusal.Rule()}]; limit > 0 {
		w.waits = append(w.waits, Wait{Type: at.typ, ID: at.id, What: "retried without success, because " + refusal.Rule().Name(), Seconds: limit.Seconds()})
	}
}

// behind records what continues after the current call.
func (w *World) behind(took time.Duration, what string, values ...any) {
	w.waits = append(w.waits, Wait{Type: w.at.typ, ID: w.at.id, What: fmt.Sprintf(what, values...), Seconds: took.Seconds(), Behind: true})
}

// linger keeps an interface that AWS deletes automatically after a time.
func (w *World) linger(eni *Object, took time.Duration) {
	eni.learn("lingers", took.Seconds())
	eni.learn("lingersType", w.at.typ)
	eni.learn("lingersID", w.at.id)
	for _, address := range w.with(eipType, "networkInterface", eni.ID) {
		w.disassociate(address)
	}
}

// lingering reports whether AWS deletes an interface automatically.
func lingering(o *Object) bool { return o.Facts["lingers"] != nil }

// outwait returns which of the resources in the way remain after the call has waited for those that AWS deletes
// automatically.
func (w *World) outwait(inTheWay []*Object) []*Object {
	var left []*Object
	longest := Wait{}
	for _, o := range inTheWay {
		seconds, goes := o.Facts["lingers"].(float64)
		if !goes {
			left = append(left, o)
			continue
		}
		if seconds > longest.Seconds {
			longest = Wait{Type: w.at.typ, ID: w.at.id, What: "interfaces of " + o.text("description") + " linger", Seconds: seconds}
			if began := (key{typ: o.text("lingersType"), id: o.text("lingersID")}); began.typ != w.at.typ || began.id != w.at.id {
				longest.SinceType, longest.SinceID = began.typ, began.id
			}
		}
		w.drop(o)
	}
	if longest.Seconds > 0 {
		w.waits = append(w.waits, longest)
	}
	return left
}
