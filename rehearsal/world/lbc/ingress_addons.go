package lbc

import (
	"fmt"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

var AddOnReached = store.NewRule("what the load balancer controller is to do beside load balancers has a way to its service",
	`operation error %s: https response error StatusCode: 0, RequestID: , request send failed, Post "https://%s/": dial tcp: i/o timeout: %s has no way to it, no endpoint of a VPC serves it; switch %s off`,
	"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html (load balancer controller: set enable-shield, enable-waf and enable-wafv2 to false)")

// addOn is a feature of Application Load Balancers from another service.
type addOn struct {
	flag       string // that disables it
	service    string
	annotation string   // that requests it; "" for one that is simulated
	actions    []string // that it requires
}

// albAddOns are enabled unless a flag of the controller disables them (pkg/config/addons_config.go).
var albAddOns = []addOn{
	{"enable-shield", "shield", annotations.IngressSuffixShieldAdvancedProtection,
		[]string{"shield:GetSubscriptionState", "shield:DescribeProtection", "shield:CreateProtection"}},
	{"enable-waf", "waf-regional", annotations.IngressSuffixWAFACLID, []string{"waf-regional:GetWebACLForResource", "waf-regional:AssociateWebACL"}},
	{"enable-wafv2", "wafv2", "", nil}, // ensureWebACL associates what the model has
}

// checkAddOns refuses while the controller cannot reach the services of the enabled add-ons, and a requested add-on.
func (c *Controller) checkAddOns(g *ingressGroup) error {
	for _, a := range albAddOns {
		if !c.arguments.isOn(a.flag, true) {
			continue
		}
		if err := c.checkAddOnEndpoint(a.service, "--"+a.flag); err != nil {
			return err
		}
		for _, o := range g.members {
			if a.annotation == "" {
				break
			}
			value := ""
			if !ingressAnnotations.ParseStringAnnotation(a.annotation, &value, kube.Meta(o).GetAnnotations()) {
				continue
			}
			if err := c.checkAllAllowed(a.actions...); err != nil {
				return err
			}
			return store.Unmodelled("what %s/%s of Ingress %s asks %s for", annotations.AnnotationPrefixIngress, a.annotation, o.ID, a.service)
		}
	}
	return nil
}

// checkAddOnEndpoint refuses while the controller's pod cannot reach a service that has no VPC endpoints. Shield is in
// one region of a partition; China has none of these services
// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/services.html).
func (c *Controller) checkAddOnEndpoint(service, what string) error {
	region := c.Region
	if service == "shield" {
		region = "us-east-1"
	}
	node, _ := c.nodeOfPod(c.Pods()[0])
	reached := node != nil && eks.ReachesInternet(c.Account, node) && (service == "acm" || c.Partition().ID != "aws-cn")
	host := fmt.Sprintf("%s.%s.%s", service, region, c.Partition().DNSSuffix)
	return AddOnReached.When(!reached, service, host, nodepkg.IDText(node), what)
}
