package kube

import (
	"fmt"
	"net/netip"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

var (
	PolicyTypes = store.NewRule("a NetworkPolicy's types are Ingress, Egress or both",
		`%s is invalid: spec.policyTypes[%d]: Unsupported value: %q: supported values: "Egress", "Ingress"`, ingressValidation+" (ValidateNetworkPolicySpec)")
	PolicySelectors = store.NewRule("a NetworkPolicy's selectors are well formed",
		`%s is invalid: %s: %s`, ingressValidation+" (ValidateNetworkPolicySpec)")
	PolicyPeers = store.NewRule("a NetworkPolicy's peer is either pods or a network",
		`%s is invalid: %s: %s`, ingressValidation+" (ValidateNetworkPolicyPeer)")
	PolicyPorts = store.NewRule("a NetworkPolicy's port is a number, a range or a name, with a protocol",
		`%s is invalid: %s: %s`, ingressValidation+" (ValidateNetworkPolicyPort)")
)

// validatePolicy checks what the API server checks of a NetworkPolicy.
func validatePolicy(o *store.Object) error {
	policy, title := Live[networkingv1.NetworkPolicy](o), titled(BuiltinType(store.NetworkPolicyType), o)
	spec := &policy.Spec
	for i, typ := range spec.PolicyTypes {
		if err := PolicyTypes.When(typ != networkingv1.PolicyTypeIngress && typ != networkingv1.PolicyTypeEgress, title, i, typ); err != nil {
			return err
		}
	}
	if err := validateSelector(title, "spec.podSelector", &spec.PodSelector); err != nil {
		return err
	}
	for i, rule := range spec.Ingress {
		if err := validatePolicyRule(title, fmt.Sprintf("spec.ingress[%d]", i), "from", rule.From, rule.Ports); err != nil {
			return err
		}
	}
	for i, rule := range spec.Egress {
		if err := validatePolicyRule(title, fmt.Sprintf("spec.egress[%d]", i), "to", rule.To, rule.Ports); err != nil {
			return err
		}
	}
	return nil
}

func validatePolicyRule(title, at, peersField string, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) error {
	for i := range ports {
		if err := validatePolicyPort(title, fmt.Sprintf("%s.ports[%d]", at, i), &ports[i]); err != nil {
			return err
		}
	}
	for i := range peers {
		if err := validatePeer(title, fmt.Sprintf("%s.%s[%d]", at, peersField, i), &peers[i]); err != nil {
			return err
		}
	}
	return nil
}

func validatePolicyPort(title, at string, p *networkingv1.NetworkPolicyPort) error {
	if p.Protocol != nil {
		if err := PolicyPorts.When(!knownProtocol(*p.Protocol) || *p.Protocol == "", title, at+".protocol",
			fmt.Sprintf(`Unsupported value: %q: supported values: "SCTP", "TCP", "UDP"`, *p.Protocol)); err != nil {
			return err
		}
	}
	if p.Port == nil {
		return PolicyPorts.When(p.EndPort != nil, title, at+".endPort", "Invalid value: may not be specified when `port` is not specified")
	}
	problems := validation.IsValidPortNum(p.Port.IntValue())
	if p.Port.Type == intstr.String {
		problems = validation.IsValidPortName(p.Port.StrVal)
	}
	return store.First(
		PolicyPorts.When(len(problems) > 0, title, at+".port", fmt.Sprintf("Invalid value: %s: %v", p.Port, problems)),
		PolicyPorts.When(p.EndPort != nil && (p.Port.Type == intstr.String || int(*p.EndPort) < p.Port.IntValue()), title, at+".endPort",
			"Invalid value: must be greater than or equal to `port`, which is a number"))
}

func validatePeer(title, at string, p *networkingv1.NetworkPolicyPeer) error {
	pods := p.PodSelector != nil || p.NamespaceSelector != nil
	if err := store.First(
		PolicyPeers.When(!pods && p.IPBlock == nil, title, at, "Required value: must specify a peer"),
		PolicyPeers.When(pods && p.IPBlock != nil, title, at, "Forbidden: may not specify both ipBlock and another peer"),
		validateSelector(title, at+".podSelector", p.PodSelector),
		validateSelector(title, at+".namespaceSelector", p.NamespaceSelector),
	); err != nil || p.IPBlock == nil {
		return err
	}
	block, err := netip.ParsePrefix(p.IPBlock.CIDR)
	if refusal := PolicyPeers.When(err != nil, title, at+".ipBlock.cidr", fmt.Sprintf("Invalid value: %q: must be a valid CIDR value", p.IPBlock.CIDR)); refusal != nil {
		return refusal
	}
	for i, text := range p.IPBlock.Except {
		except, err := netip.ParsePrefix(text)
		if refusal := PolicyPeers.When(err != nil || !ec2.IsInside(except, block) || except == block, title, fmt.Sprintf("%s.ipBlock.except[%d]", at, i),
			fmt.Sprintf("Invalid value: %q: must be a strict subset of `cidr`", text)); refusal != nil {
			return refusal
		}
	}
	return nil
}

func validateSelector(title, at string, selector *metav1.LabelSelector) error {
	_, err := metav1.LabelSelectorAsSelector(selector)
	return PolicySelectors.When(err != nil, title, at, fmt.Sprint("Invalid value: ", err))
}
