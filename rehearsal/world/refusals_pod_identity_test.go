package world_test

import (
	addonpkg "eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func podIdentityRefusals() []refusal {
	associated := func(role, trust string) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.ClusterUp().Role("web", trust)
			in := l.AssociationInputs("default", "web", "web")
			in["roleArn"] = "arn:aws:iam::111122223333:role/" + role
			return l.Fails(store.PodIdentityType, in)
		}
	}
	// credentials returns why the pods of default/web get none on a node after something changed.
	credentials := func(spoil func(*worldtest.Lab)) func(*worldtest.Lab) error {
		return func(l *worldtest.Lab) error {
			l.Nodes().Agent().Associate("default", "web")
			if err := node.CheckPodIdentity(l.World.Account, l.World.All(store.NodeType)[0], l.IDs["web-association"]); err != nil {
				l.T.Fatal(err)
			}
			spoil(l)
			return node.CheckPodIdentity(l.World.Account, l.World.All(store.NodeType)[0], l.IDs["web-association"])
		}
	}
	drop := func(typ, name string) func(*worldtest.Lab) {
		return func(l *worldtest.Lab) { l.Must(l.Delete(typ, name)) }
	}
	return []refusal{
		{"an association with a role that does not exist", eks.AssociationRole, associated("other", worldtest.PodIdentityTrust("default", "web"))},
		{"an association with a role that trusts another service", eks.AssociationTrust, associated("web", worldtest.TrustFor("ec2"))},
		{"an association with a role whose sessions cannot have tags", eks.AssociationTrust, associated("web", worldtest.TrustFor("pods.eks"))},
		{"an association of a cluster that does not exist", eks.ClusterNotFound, func(l *worldtest.Lab) error {
			l.Role("web", worldtest.PodIdentityTrust("default", "web"))
			return l.Fails(store.PodIdentityType, l.AssociationInputs("default", "web", "web"))
		}},
		{"a second association of a service account", eks.AssociationUnique, func(l *worldtest.Lab) error {
			l.ClusterUp().Associate("default", "web")
			return l.Fails(store.PodIdentityType, l.AssociationInputs("default", "web", "web"))
		}},
		{"an association of a service account that has one of an add-on", eks.AssociationUnique, func(l *worldtest.Lab) error {
			l.ClusterUp().CNIWithPodIdentity()
			return l.Fails(store.PodIdentityType, l.AssociationInputs("kube-system", "aws-node", "aws-node"))
		}},
		{"an association that gets a role of another trust", eks.AssociationTrust, func(l *worldtest.Lab) error {
			l.ClusterUp().Associate("default", "web")
			l.Role("other", worldtest.TrustFor("ec2"))
			return l.Change(store.PodIdentityType, l.IDs["web-association"], l.AssociationInputs("default", "web", "other"))
		}},
		{"an add-on that loses its role", addonpkg.AddonRoleStays, func(l *worldtest.Lab) error {
			l.ClusterUp().CNI()
			in := l.AddonInputs("vpc-cni")
			in["serviceAccountRoleArn"] = nil
			return l.Change(store.AddonType, "dev:vpc-cni", in)
		}},
		{"credentials without the agent", node.AgentRuns, credentials(drop(store.AddonType, "agent"))},
		{"credentials without an endpoint of EKS Auth", node.AgentReaches, credentials(func(l *worldtest.Lab) {
			l.Endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
			l.Must(l.Delete(store.RouteType, "to-nat"))
		})},
		{"credentials for nodes without their policy", node.AgentAllowed, credentials(func(l *worldtest.Lab) {
			for _, o := range l.World.With(store.AttachmentType, "role", "node-role") {
				l.World.Drop(o)
			}
		})},
		{"credentials after the association is deleted", node.AgentAssociation, credentials(drop(store.PodIdentityType, "web-association"))},
		{"credentials of a role for another service account", node.AgentTrusted, credentials(func(l *worldtest.Lab) {
			l.Must(l.Change(store.RoleType, "web", store.Properties{"assumeRolePolicy": worldtest.PodIdentityTrust("default", "other")}))
		})},
	}
}
