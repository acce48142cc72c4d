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
func (c *Controller) addOns(g *ingressGroup) error {
	for _, a := range albAddOns {
		if !c.arguments.on(a.flag, true) {
			continue
		}
		if err := c.reachesAddOn(a.service, "--"+a.flag); err != nil {
			return err
		}
		for _, o := range g.members {
			value := ""
			if !ingressAnnotations.ParseStringAnnotation(a.asked, &value, kube.Meta(o).GetAnnotations()) {
				continue
			}
			if err := c.mayAll(a.actions...); err != nil {
				return err
			}
			return store.Unmodelled("what %s/%s of Ingress %s asks %s for", annotations.AnnotationPrefixIngress, a.asked, o.ID, a.service)
		}
	}
	return nil
}

// reachesAddOn refuses while the controller's pod has no way to a service that is reached over the internet alone.
// Shield is in one region for all; China has none of them
// (https://docs.amazonaws.cn/en_us/aws/latest/userguide/services.html).
func (c *Controller) reachesAddOn(service, what string) error {
	region := c.Region
	if service == "shield" {
		region = "us-east-1"
	}
	node := c.Find(c.cluster, store.NodeType, c.Pods()[0].Text("spec.nodeName"))
	reached := node != nil && eks.ReachesInternet(c.Account, node) && (service == "acm" || c.Partition().ID != "aws-cn")
	host := fmt.Sprintf("%s.%s.%s", service, region, c.Partition().DNSSuffix)
	return AddOnReached.When(!reached, service, host, nodepkg.IDText(node), what)
}
