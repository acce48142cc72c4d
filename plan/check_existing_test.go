package plan

import (
	"strings"
	"testing"

	"eksnet/config"
)

func TestAClusterIsUpgradedByOneVersionAndNeverBack(t *testing.T) {
	for _, test := range []struct{ from, to, says string }{ // says is "" where nothing is refused
		{"", "1.33", ""}, {"1.34", "1.34", ""}, {"1.34", "1.35", ""},
		{"1.34", "1.36", `"1.36" is 2 minor versions after 1.34, the version of the existing cluster, and EKS updates by one at a time; write "1.35" and run up first`},
		{"1.33", "1.36", `write "1.34" and run up first`},
		{"1.35", "1.34", `"1.34" is older than 1.35, the version of the existing cluster, and EKS does not downgrade; write "1.35"`},
	} {
		problems := CheckExisting(&config.Stack{Cluster: config.Cluster{Version: test.to}}, ExistingCluster{Version: test.from})
		refused := len(problems) == 1 && problems[0].Path == "cluster.version" && strings.Contains(problems[0].Message, test.says)
		if refused != (test.says != "") || !refused && len(problems) > 0 {
			t.Errorf("from %q to %q: %v, want %q", test.from, test.to, problems, test.says)
		}
	}
}

func TestWhatEKSCannotChangeIsRefused(t *testing.T) {
	for _, test := range []struct {
		cluster  config.Cluster
		existing ExistingCluster
		path     string // "" where nothing is refused
		says     string
	}{
		{config.Cluster{ServiceCIDR: "172.20.0.0/16", SecretsEncryption: false}, ExistingCluster{}, "", ""},
		{config.Cluster{ServiceCIDR: "172.20.0.0/16", SecretsEncryption: true}, ExistingCluster{ServiceCIDR: "172.20.0.0/16", Encrypted: true}, "", ""},
		{config.Cluster{ServiceCIDR: "172.20.0.0/16", SecretsEncryption: true}, ExistingCluster{ServiceCIDR: "172.20.0.0/16"}, "", ""},
		{config.Cluster{ServiceCIDR: "10.100.0.0/16", SecretsEncryption: true}, ExistingCluster{ServiceCIDR: "172.20.0.0/16"}, "cluster.serviceCidr",
			`"10.100.0.0/16", but the existing cluster has 172.20.0.0/16, and EKS cannot change it; write "172.20.0.0/16", or run pulumi destroy before`},
		{config.Cluster{}, ExistingCluster{Encrypted: true}, "cluster.secretsEncryption", "write true, or run pulumi destroy before"},
	} {
		problems := CheckExisting(&config.Stack{Cluster: test.cluster}, test.existing)
		refused := len(problems) == 1 && problems[0].Path == test.path && strings.Contains(problems[0].Message, test.says)
		if refused != (test.path != "") || !refused && len(problems) > 0 {
			t.Errorf("%+v: %v, want %q", test.existing, problems, test.says)
		}
	}
}

func TestTheFamilyOfAClusterThatExistsIsNotChanged(t *testing.T) {
	for _, test := range []struct{ from, to, says string }{ // says is "" where nothing is refused
		{"", config.IPv6, ""}, {config.IPv4, config.IPv4, ""}, {config.IPv6, config.IPv6, ""},
		{config.IPv4, config.IPv6, "ipv6, but the existing cluster has ipv4, and EKS cannot change it; write ipv4, or run pulumi destroy before this change"},
		{config.IPv6, config.IPv4, "ipv4, but the existing cluster has ipv6, and EKS cannot change it; write ipv6, or run"},
	} {
		s := &config.Stack{Network: config.Network{IPFamily: test.to}, Cluster: config.Cluster{ServiceCIDR: "172.20.0.0/16"}}
		problems := CheckExisting(s, ExistingCluster{IPFamily: test.from})
		refused := len(problems) == 1 && problems[0].Path == "network.ipFamily" && strings.HasPrefix(problems[0].Message, test.says)
		if refused != (test.says != "") || !refused && len(problems) > 0 {
			t.Errorf("from %q to %q: %v, want %q", test.from, test.to, problems, test.says)
		}
	}
}

// A node that replaces another has no branch interfaces once the VPC CNI does not enable them.
func TestSecurityGroupsOfPodsAreNotRemovedWhilePodsHaveThem(t *testing.T) {
	groups := []string{"sg-1", "sg-2"}
	want := "addons.vpcCni.podSecurityGroups: none, but pods have security groups of their own (sg-1, sg-2), and the nodes that replace the existing ones could not run them; write podSecurityGroups again, remove podSecurityGroup from the workloads, run up, and remove podSecurityGroups then"
	problems := CheckExisting(&config.Stack{}, ExistingCluster{PodGroups: groups})
	if len(problems) != 1 || problems.Error() == "" || !strings.Contains(problems.Error(), want) {
		t.Errorf("%v, want %s", problems, want)
	}
	if problems := CheckExisting(&config.Stack{}, ExistingCluster{}); problems.Err() != nil {
		t.Error(problems)
	}
}
