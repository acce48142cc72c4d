package world_test

import (
	"eksnet/rehearsal/world/iam"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func addressRefusals() []refusal {
	// grows assigns a node's last addresses to pods and lets the CNI allocate more.
	grows := func(l *worldtest.Lab, node *store.Object) error {
		for nodepkg.TakePodAddress(l.World.Account, node) != "" {
		}
		_, err := nodepkg.GrowAddressPool(l.World.Account, node)
		return err
	}
	return []refusal{
		{"a prefix in a fragmented subnet", nodepkg.PrefixesFree, func(l *worldtest.Lab) error {
			l.Configured(worldtest.PrefixMode).SmallSubnet("small", "10.0.200.0/25", "a").Fragment("small")
			return grows(l, l.Grouped("small"))
		}},
		{"a prefix where single addresses use all that is not reserved", nodepkg.PrefixesFree, func(l *worldtest.Lab) error {
			l.Configured(worldtest.PrefixMode).SmallSubnet("small", "10.0.200.0/26", "a")
			l.Reserve("small", "10.0.200.32/27", "explicit")
			l.Hold("small", "10.0.200.20")
			return grows(l, l.Grouped("small"))
		}},
		{"secondary addresses in a full subnet", nodepkg.SinglesFree, func(l *worldtest.Lab) error {
			l.Configured(nil).SmallSubnet("small", "10.0.200.0/27", "a").Fill("small", 4)
			return grows(l, l.Grouped("small"))
		}},
		{"an interface with more addresses than its subnet has", nodepkg.InterfaceSpace, func(l *worldtest.Lab) error {
			l.Configured(nil).SmallSubnet("small", "10.0.200.0/27", "a").Fill("small", 19)
			return grows(l, l.Grouped("small"))
		}},
		{"an interface of an operator in a full subnet", nodepkg.InterfaceSpace, func(l *worldtest.Lab) error {
			l.Network()
			l.Subnet("small", "10.0.200.0/28", "a", nil)
			l.Fill("small", 0)
			_, err := l.World.MakeInterface(l.IDs["small"], "by hand")
			return err
		}},
		{"an interface with a prefix in a fragmented subnet for pods", nodepkg.InterfaceSpace, func(l *worldtest.Lab) error {
			l.ClusterUp().SmallSubnet("pods", "10.0.200.0/26", "a").Fragment("pods")
			in := l.AddonInputs("vpc-cni")
			in["serviceAccountRoleArn"] = l.Object(store.RoleType, "cni-role").Text("arn")
			in["configurationValues"] = iam.JSONText(store.Properties{"env": store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true"},
				"eniConfig": store.Properties{"create": true, "region": "ap-northeast-2", "subnets": store.Properties{"ap-northeast-2a": store.Properties{"id": l.IDs["pods"]}}}})
			l.Make("vpc-cni", store.AddonType, in)
			return grows(l, l.Grouped("private-a"))
		}},
	}
}
