package config_test

import (
	"slices"
	"testing"
)

func TestAGoodStackFileHasNoProblems(t *testing.T) {
	if _, problems := load(t, good); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestKeysOfOthersStayLegal(t *testing.T) {
	if _, problems := load(t, good, `{"pulumi:disable-default-providers": ["*"], "other:key": 1}`); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestTheOperatorsProfileAndRoleAreRead(t *testing.T) {
	s, problems := load(t, good, `{"aws:profile": ops, "aws:assumeRole": {roleArn: "arn:aws:iam::111122223333:role/deployer"}}`)
	if problems.Err() != nil || s.Profile != "ops" || s.Role != "arn:aws:iam::111122223333:role/deployer" {
		t.Errorf("profile %q, role %q, %v", s.Profile, s.Role, problems)
	}
}

func TestEndpointsAreAWordOrAList(t *testing.T) {
	for typed, want := range map[string][]string{"auto": {"auto"}, "[]": {}, "[sts, ecr.api]": {"sts", "ecr.api"}} {
		s, problems := load(t, good, `eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], endpoints: `+typed+`}`)
		if problems.Err() != nil || !slices.Equal(s.Network.Endpoints, want) {
			t.Errorf("endpoints: %s is read as %q %v", typed, s.Network.Endpoints, problems)
		}
	}
}

// These stack files are accepted, although they are unusual.
func TestUnusualValuesAreAccepted(t *testing.T) {
	for _, section := range []string{
		`eksnet:cluster: {name: dev, endpoint: {proxy: "socks5://127.0.0.1:1080"}}`,
		`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24], proxy: "http://proxy.example.com:3128/"}}`,
		`eksnet:cluster: {name: dev, endpoint: {private: true}, viewers: ["arn:aws:iam::111122223333:role/a"], access: [{principal: "arn:aws:iam::111122223333:role/a", policy: AmazonEKSEditPolicy, namespaces: ["*-dev", shop]}, {principal: "arn:aws:iam::111122223333:role/a", policy: AmazonEKSSecretReaderPolicy, namespaces: [shop]}]}`,
		`eksnet:cluster: {name: dev, endpoint: {private: true}, access: [{principal: "arn:aws:iam::111122223333:user/ops/me@example.com", policy: AmazonEKSClusterAdminPolicy, namespaces: [shop]}]}`,
		`eksnet:addons: {loadBalancerController: {chart: "oci://111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/charts/aws-load-balancer-controller", image: "registry.example.com:5000/mirror/lbc"}}`,
		`eksnet:workloads: {echo: {kind: alb, hosts: ["*.example.com"], paths: [/a.b/c~d_e], group: team.shop}}`,
		`eksnet:workloads: {echo: {kind: nlb, image: "registry.example.com:5000/mirror/agnhost:2.53@sha256:afc96bdad819bfac184a6e9a90096b68583cf5977e66fa985143bde37e847a50"}}`,
		`eksnet:workloads: {echo: {kind: nlb, image: "agnhost:2.53"}}`,
		`eksnet:nodeGroups: {g: {instanceTypes: [a1.large], ami: bottlerocket-arm64, scaling: {desired: 1, max: 1}}}`,
		`eksnet:nodeGroups: {g: {instanceTypes: [g5.xlarge], ami: al2023-x86_64-nvidia, scaling: {desired: 1, max: 1}, taints: [{key: a, effect: NoSchedule}, {key: a, effect: NoExecute}]}}`,
		`eksnet:addons: {vpcCni: {warm: {prefixes: 0, ips: 5}}}`,
		`eksnet:addons: {vpcCni: {prefixDelegation: false, warm: {prefixes: 0}}}`,
		`eksnet:cluster: {name: dev, endpoint: {private: true}, viewers: ["arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/ap-northeast-2/AWSReservedSSO_ViewOnly_1f9ff11932198c00"]}`,
		`eksnet:tags: {cost: "a=b=c", "team:shop": "a:b", owner: a b, empty: ""}`,
		`eksnet:nodeGroups: {g: {instanceTypes: [m7i.large], labels: {node.kubernetes.io/pool: a, example.com/kubernetes.io: b}, scaling: {desired: 1, max: 1}}}`,
	} {
		if _, problems := load(t, good, section); problems.Err() != nil {
			t.Errorf("%s\n%s", section, problems)
		}
	}
}
