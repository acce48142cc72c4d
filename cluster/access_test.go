package cluster

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/registered"
	"eksnet/plan"
)

const (
	platform = "arn:aws:iam::111122223333:role/platform"
	shop     = "arn:aws:iam::111122223333:role/teams/shop"
	auditor  = "arn:aws:iam::111122223333:user/auditor"
)

func accessOf(t *testing.T, spec config.Cluster) registered.Resources {
	t.Helper()
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		_, err := NewAccess(ctx, "dev", &AccessArgs{Spec: spec, Partition: plan.Partition{Name: "aws"}, ClusterName: pulumi.String("dev")})
		return err
	})
	delete(made, "Access dev")
	return made
}

func entryOf(principal string, groups ...any) map[string]any {
	return map[string]any{"clusterName": "dev", "principalArn": principal, "kubernetesGroups": append([]any{}, groups...)}
}

func association(principal, policy, scope string, namespaces ...any) map[string]any {
	where := map[string]any{"type": scope}
	if len(namespaces) > 0 {
		where["namespaces"] = namespaces
	}
	return map[string]any{"clusterName": "dev", "principalArn": principal, "policyArn": "arn:aws:eks::aws:cluster-access-policy/" + policy, "accessScope": where}
}

func TestEachPrincipalHasOneAccessEntryAndItsPolicies(t *testing.T) {
	made := accessOf(t, config.Cluster{
		Admins:  []string{platform},
		Viewers: []string{auditor, shop},
		Access: []config.Access{
			{Principal: shop, Policy: "AmazonEKSEditPolicy", Namespaces: []string{"shop", "shop-*"}},
			{Principal: shop, Policy: "AmazonEKSAdminPolicy"},
		},
	})
	want := registered.Resources{
		"AccessEntry dev-111122223333-role/platform":                                         entryOf(platform),
		"AccessEntry dev-111122223333-role/teams/shop":                                       entryOf(shop),
		"AccessEntry dev-111122223333-user/auditor":                                          entryOf(auditor),
		"AccessPolicyAssociation dev-111122223333-role/platform-AmazonEKSClusterAdminPolicy": association(platform, "AmazonEKSClusterAdminPolicy", "cluster"),
		"AccessPolicyAssociation dev-111122223333-user/auditor-AmazonEKSViewPolicy":          association(auditor, "AmazonEKSViewPolicy", "cluster"),
		"AccessPolicyAssociation dev-111122223333-role/teams/shop-AmazonEKSViewPolicy":       association(shop, "AmazonEKSViewPolicy", "cluster"),
		"AccessPolicyAssociation dev-111122223333-role/teams/shop-AmazonEKSEditPolicy":       association(shop, "AmazonEKSEditPolicy", "namespace", "shop", "shop-*"),
		"AccessPolicyAssociation dev-111122223333-role/teams/shop-AmazonEKSAdminPolicy":      association(shop, "AmazonEKSAdminPolicy", "cluster"),
	}
	for key := range want {
		if !reflect.DeepEqual(made[key], want[key]) {
			t.Errorf("%s:\ngot  %v\nwant %v", key, made[key], want[key])
		}
	}
	if len(made) != len(want) {
		t.Errorf("%d resources, want %d: %v", len(made), len(want), made)
	}
}

func TestTheGroupsOfAPrincipalAreInItsOneEntryAndNeedNoPolicy(t *testing.T) {
	made := accessOf(t, config.Cluster{
		Viewers: []string{auditor},
		Access: []config.Access{
			{Principal: shop, Groups: []string{"shop-team", "cart-team"}},
			{Principal: auditor, Policy: "AmazonEKSSecretReaderPolicy", Groups: []string{"auditors"}},
			{Principal: auditor, Policy: "AmazonEKSAdminViewPolicy", Groups: []string{"auditors", "all"}},
		},
	})
	want := registered.Resources{
		"AccessEntry dev-111122223333-role/teams/shop":                                      entryOf(shop, "cart-team", "shop-team"),
		"AccessEntry dev-111122223333-user/auditor":                                         entryOf(auditor, "all", "auditors"),
		"AccessPolicyAssociation dev-111122223333-user/auditor-AmazonEKSViewPolicy":         association(auditor, "AmazonEKSViewPolicy", "cluster"),
		"AccessPolicyAssociation dev-111122223333-user/auditor-AmazonEKSSecretReaderPolicy": association(auditor, "AmazonEKSSecretReaderPolicy", "cluster"),
		"AccessPolicyAssociation dev-111122223333-user/auditor-AmazonEKSAdminViewPolicy":    association(auditor, "AmazonEKSAdminViewPolicy", "cluster"),
	}
	if !reflect.DeepEqual(made, want) {
		t.Errorf("got  %v\nwant %v", made, want)
	}
}

func TestAddingOrRemovingAPrincipalChangesNoOther(t *testing.T) {
	before := accessOf(t, config.Cluster{Admins: []string{platform}, Viewers: []string{shop}})
	after := accessOf(t, config.Cluster{Admins: []string{auditor, platform}, Viewers: []string{shop}})
	for key, inputs := range before {
		if !reflect.DeepEqual(after[key], inputs) {
			t.Errorf("%s changed to %v", key, after[key])
		}
	}
}
