package world

import (
	"fmt"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

var addOnReached = rule("what the load balancer controller is to do beside load balancers has a way to its service",
	`operation error %s: https response error StatusCode: 0, RequestID: , request send failed, Post "https://%s/": dial tcp: i/o timeout: %s has no way to it, no endpoint of a VPC serves it; switch %s off`,
	"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html (load balancer controller: set enable-shield, enable-waf and enable-wafv2 to false)")

// addOn is what the controller does for application load balancers beside making them.
type addOn struct {
	flag    string // that switches it off
	service string
	asked   string   // the annotation that asks for it
	actions []string // which it takes then
}

// albAddOns are on unless a flag of the controller turns them off (pkg/config/addons_config.go).
var albAddOns = []addOn{
	{"enable-shield", "shield", annotations.IngressSuffixShieldAdvancedProtection,
		[]string{"shield:GetSubscriptionState", "shield:DescribeProtection", "shield:CreateProtection"}},
	{"enable-waf", "waf-regional", annotations.IngressSuffixWAFACLID, []string{"waf-regional:GetWebACLForResource", "waf-regional:AssociateWebACL"}},
	{"enable-wafv2", "wafv2", annotations.IngressSuffixWAFv2ACLARN, []string{"wafv2:GetWebACLForResource", "wafv2:AssociateWebACL"}},
}

// addOns refuses what keeps the controller from doing what it is to do beside a group's load balancer.
func (c *controller) addOns(g *ingressGroup) error {
	for _, a := range albAddOns {
		if !c.arguments.on(a.flag, true) {
			continue
		}
		if err := c.reachesAddOn(a.service, "--"+a.flag); err != nil {
			return err
		}
		for _, o := range g.members {
			value := ""
			if !ingressAnnotations.ParseStringAnnotation(a.asked, &value, o.meta().GetAnnotations()) {
				continue
			}
			if err := c.mayAll(a.actions...); err != nil {
				return err
			}
			return unmodelled("what %s/%s of Ingress %s asks %s for", annotations.AnnotationPrefixIngress, a.asked, o.ID, a.service)
		}
	}
	return nil
}

// reachesAddOn refuses while the controller's pod has no way to a service that is reached over the internet alone.
// Shield is in one region for all; China has none of them
// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/services.html).
func (c *controller) reachesAddOn(service, what string) error {
	region := c.region
	if service == "shield" {
		region = "us-east-1"
	}
	node := c.find(c.cluster, nodeType, c.pods()[0].text("spec.nodeName"))
	reached := node != nil && c.reachesInternet(node) && (service == "acm" || c.partition().id != "aws-cn")
	host := fmt.Sprintf("%s.%s.%s", service, region, c.partition().dnsSuffix)
	return addOnReached.when(!reached, service, host, node.idText(), what)
}
