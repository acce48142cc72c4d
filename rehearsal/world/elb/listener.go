package elb

import (
	"slices"

	"eksnet/rehearsal/world/store"
)

var (
	ListenerPort = store.NewRule("a load balancer has at most one listener on a port",
		"operation error Elastic Load Balancing v2: CreateListener, api error DuplicateListener: A listener already exists on port %d of load balancer '%s'",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html")
	ListenerQuota = store.NewRule("a load balancer has at most fifty listeners",
		"operation error Elastic Load Balancing v2: CreateListener, api error TooManyListeners: The maximum number of listeners has been reached on load balancer '%s'",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html")
	RuleQuota = store.NewRule("an Application Load Balancer has at most a hundred rules",
		"operation error Elastic Load Balancing v2: CreateRule, api error TooManyRules: The maximum number of rules has been reached on load balancer '%s'",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html")
)

// Listener is a listener of a Network or an Application Load Balancer.
type Listener struct {
	LoadBalancer string   `json:"loadBalancerArn"`
	Protocol     string   `json:"protocol"`
	Port         int      `json:"port"`
	TargetGroups []string `json:"targetGroupArns"` // that it forwards to by default
	Certificates []string `json:"certificates"`    // the default one first
	Weights      []int    `json:"weights"`         // of several target groups, in their order
	RedirectPort int      `json:"redirect"`        // of HTTPS, to which clients are redirected; 0 for none
	TLSPolicy    string   `json:"sslPolicy"`
	// Attributes are those that were set once.
	Attributes map[string]string `json:"attributes"`
	// MutualTLS is zero where it was never set.
	MutualTLS MutualTLS `json:"mutualAuthentication"`
}

// ListenerOf returns the properties of a listener.
func ListenerOf(o *store.Object) *Listener { return store.Decode[Listener](o) }

// ListenerRule is a rule of a listener of an Application Load Balancer.
type ListenerRule struct {
	Listener     string   `json:"listenerArn"`
	Priority     int      `json:"priority"`
	Hosts        []string `json:"hosts"`
	Paths        []string `json:"paths"`
	TargetGroups []string `json:"targetGroupArns"`
	Weights      []int    `json:"weights"`  // of several target groups, in their order
	RedirectPort int      `json:"redirect"` // of HTTPS, to which clients are redirected; 0 for none
}

// ListenerRuleOf returns the properties of a listener's rule.
func ListenerRuleOf(o *store.Object) *ListenerRule { return store.Decode[ListenerRule](o) }

// DeleteListener deletes a listener with its rules.
func DeleteListener(w *store.Account, o *store.Object) {
	for _, r := range w.With(store.ListenerRuleType, "listenerArn", o.ID) {
		w.Drop(r)
	}
	w.Drop(o)
}

// CreateListener creates a listener of a load balancer that forwards to target groups.
func CreateListener(w *store.Account, balancer *store.Object, protocol string, port int, targetGroups, certificates []string) (*store.Object, error) {
	on := w.With(store.ListenerType, "loadBalancerArn", balancer.ID)
	taken := slices.ContainsFunc(on, func(l *store.Object) bool { return ListenerOf(l).Port == port })
	if err := store.First(
		ListenerPort.When(taken, port, balancer.ID),
		ListenerQuota.When(len(on) >= 50, balancer.ID),
		checkFamilies(w, balancer, targetGroups),
		CheckCertificates(w, protocol, certificates),
	); err != nil {
		return nil, err
	}
	o := &store.Object{Type: store.ListenerType, Owner: balancer.Owner, ID: balancer.ID + "/" + w.NewID("")[1:17]}
	o.Show(store.Properties{"arn": o.ID, "loadBalancerArn": balancer.ID, "protocol": protocol, "port": port, "targetGroupArns": store.AnyOf(targetGroups), "certificates": store.AnyOf(certificates)})
	w.Put(o)
	return o, nil
}

// checkFamilies refuses target groups of IPv6 addresses for a load balancer that is not dual-stack.
func checkFamilies(w *store.Account, balancer *store.Object, targetGroups []string) error {
	for _, arn := range targetGroups {
		group := w.Get(store.TargetGroupType, arn)
		wrong := group != nil && TargetGroupOf(group).AddressType == IPv6Targets && LoadBalancerOf(balancer).AddressType != DualStack
		if err := TargetGroupFamily.When(wrong, arn, balancer.ID); err != nil {
			return err
		}
	}
	return nil
}
