package config_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
)

// good is a stack file without a mistake; tests change one thing in it.
const good = `
aws:region: ap-northeast-2
aws:allowedAccountIds: ["111122223333"]
eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b]}
eksnet:cluster:
  name: dev
  endpoint: {public: true, publicCidrs: [203.0.113.0/24]}
eksnet:nodeGroups:
  general: {instanceTypes: [m7g.large], scaling: {min: 1, desired: 2, max: 3}}
eksnet:workloads:
  echo: {kind: nlb}
`

// load reads a stack file's config section as Pulumi hands it to a program: texts as they are, all else as JSON. Sections given
// later replace earlier ones.
func load(t *testing.T, sections ...string) (*config.Stack, config.Problems) {
	t.Helper()
	values := map[string]any{}
	for _, section := range sections {
		var more map[string]any
		if err := yaml.Unmarshal([]byte(section), &more); err != nil {
			t.Fatal(err)
		}
		maps.Copy(values, more)
	}
	source := func(key string) (string, bool) {
		value, set := values[key]
		if text, ok := value.(string); ok {
			return text, set
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded), set
	}
	return config.Load(source, slices.Collect(maps.Keys(values)))
}

func TestAGoodStackFileHasNoProblems(t *testing.T) {
	if _, problems := load(t, good); problems.Err() != nil {
		t.Error(problems)
	}
}

func TestWhatIsNotTypedHasADefault(t *testing.T) {
	s, _ := load(t, good)
	group := s.NodeGroups["general"]
	for what, holds := range map[string]bool{
		"network.cidr":                          s.Network.CIDR == "10.0.0.0/16",
		"network.nat":                           s.Network.NAT == "zone",
		"cluster.version":                       s.Cluster.Version == "1.35",
		"cluster.serviceCidr":                   s.Cluster.ServiceCIDR == "172.20.0.0/16",
		"cluster.endpoint.private":              s.Cluster.Endpoint.Private,
		"cluster.secretsEncryption":             s.Cluster.SecretsEncryption,
		"cluster.logs.types":                    slices.Equal(s.Cluster.Logs.Types, []string{"api", "audit", "authenticator"}),
		"cluster.logs.retentionDays":            s.Cluster.Logs.RetentionDays == 30,
		"nodeGroups.capacity":                   group.Capacity == "onDemand",
		"nodeGroups.diskGiB":                    group.DiskGiB == 50,
		"nodeGroups.ami of a Graviton type":     group.AMI == "al2023-arm64",
		"addons.vpcCni.prefixDelegation":        s.Addons.VPCCNI.PrefixDelegation,
		"addons.loadBalancerController.version": s.Addons.LoadBalancerController.Version == "3.2.2",
		"workloads.replicas":                    s.Workloads["echo"].Replicas == 2,
		"workloads.scheme":                      s.Workloads["echo"].Scheme == "internet-facing",
	} {
		if !holds {
			t.Errorf("%s has another default than documented", what)
		}
	}
}

func TestZeroAndFalseThatAreTypedCount(t *testing.T) {
	s, problems := load(t, good, `
eksnet:addons: {vpcCni: {prefixDelegation: false}}
eksnet:cluster: {name: dev, secretsEncryption: false, logs: {types: []}, endpoint: {private: true}}`)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	if s.Addons.VPCCNI.PrefixDelegation || s.Cluster.SecretsEncryption || len(s.Cluster.Logs.Types) != 0 {
		t.Errorf("a default replaced what was typed: %+v", s)
	}
}

// Each mistake is told by path, with the value, what is accepted and the way out.
func TestEveryMistakeIsToldByPath(t *testing.T) {
	tests := []struct{ mistake, problem string }{
		{`aws:region: ""`, `aws:region: missing; set it in the stack file, beside the eksnet: keys, such as ap-northeast-2`},
		{`aws:region: Seoul`, `aws:region: "Seoul" is not a region, such as ap-northeast-2`},
		{`aws:allowedAccountIds: []`, `aws:allowedAccountIds: missing; set it in the stack file, beside the eksnet: keys: ["111122223333"] lets the stack build in that account alone`},
		{`aws:allowedAccountIds: ["1111"]`, `aws:allowedAccountIds[0]: "1111" is not an account id of twelve digits`},
		{`aws:allowedAccountIds: [111122223333]`, `aws:allowedAccountIds[0]: 111122223333 is not a text: put it in quotes`},

		{`eksnet:netwrk: {}`, `netwrk: unknown key; did you mean network? Accepted: network, cluster, nodeGroups, addons, workloads or tags`},
		{`eksnet:network: text`, `network: "text" is not a map with cidr, zones or nat`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], zoness: 1}`, `network.zoness: unknown key; did you mean zones? Accepted: cidr, zones or nat`},
		{`eksnet:network: {zones: ap-northeast-2a}`, `network.zones: "ap-northeast-2a" is not a list`},
		{`eksnet:network: {zones: [ap-northeast-2a]}`, `network.zones: 1 zones; EKS needs two at least and the address plan has room for four: list 2 to 4`},
		{`eksnet:network: {zones: [a, b, c, d, e]}`, `network.zones: 5 zones;`},
		{`eksnet:network: {zones: [ap-northeast-2a, us-east-1b]}`, `network.zones[1]: "us-east-1b" is not a zone of aws:region ap-northeast-2, such as ap-northeast-2a`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2a]}`, `network.zones[1]: "ap-northeast-2a" is listed twice; list each zone once`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], nat: both}`, `network.nat: "both" is not accepted; accepted: zone or single`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], cidr: 10.0.0.0}`, `network.cidr: "10.0.0.0" is not an IPv4 range, such as 10.0.0.0/16`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], cidr: "fd00::/56"}`, `network.cidr: "fd00::/56" is an IPv6 range; an IPv4 range is expected, such as 10.0.0.0/16`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], cidr: 10.0.9.0/16}`, `network.cidr: "10.0.9.0/16" has address bits beyond its length; write 10.0.0.0/16`},

		{`eksnet:cluster: {name: dev}`, `cluster.endpoint: missing; say who may reach the API, such as {public: true, publicCidrs: [203.0.113.0/24]}`},
		{`eksnet:cluster: {endpoint: {private: true}}`, `cluster.name: missing; name the cluster, such as dev`},
		{`eksnet:cluster: {name: "a b", endpoint: {private: true}}`, `cluster.name: "a b" is not accepted; up to 40 letters, digits, - and _ are, a letter or digit first`},
		{`eksnet:cluster: {name: dev, version: 1.35}`, `cluster.version: 1.35 is not a text: put it in quotes`},
		{`eksnet:cluster: {name: dev, version: "1.20"}`, `cluster.version: "1.20" is not accepted; accepted: 1.36, 1.35 or 1.34`},
		{`eksnet:cluster: {name: dev, secretsEncryption: "yes"}`, `cluster.secretsEncryption: "yes" is not true or false`},
		{`eksnet:cluster: {name: dev, serviceCidr: x}`, `cluster.serviceCidr: "x" is not an IPv4 range`},
		{`eksnet:cluster: {name: dev, endpoint: {private: false}}`, `cluster.endpoint: neither private nor public; switch one on, or nobody reaches the API`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true}}`, `cluster.endpoint.publicCidrs: missing while public is true; list who may reach the API, such as ["203.0.113.0/24"]`},
		{`eksnet:cluster: {name: dev, endpoint: {publicCidrs: [203.0.113.0/24]}}`, `cluster.endpoint.publicCidrs: 1 ranges while public is false; set public: true or remove them`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [office]}}`, `cluster.endpoint.publicCidrs[0]: "office" is not an IPv4 range`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24, 203.0.113.0/24]}}`, `cluster.endpoint.publicCidrs[1]: "203.0.113.0/24" is listed twice; list each range once`},
		{`eksnet:cluster: {name: dev, admins: [me]}`, `cluster.admins[0]: "me" is not the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/admin`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/a"]}`, `cluster.admins[1]: "arn:aws:iam::111122223333:role/a" is listed twice; list each principal once`},
		{`eksnet:cluster: {name: dev, logs: {types: [apis]}}`, `cluster.logs.types[0]: "apis" is not accepted; accepted: api, audit, authenticator, controllerManager or scheduler`},
		{`eksnet:cluster: {name: dev, logs: {types: [api, api]}}`, `cluster.logs.types[1]: "api" is listed twice; list each type once`},
		{`eksnet:cluster: {name: dev, logs: {retentionDays: 31}}`, `cluster.logs.retentionDays: 31 days; CloudWatch accepts 1, 3, 5, 7, 14, 30,`},

		{`eksnet:nodeGroups: {}`, `nodeGroups: missing; CoreDNS and the load balancer controller need one group at least`},
		{`eksnet:nodeGroups: [general]`, `nodeGroups: ["general"] is not a map by name`},
		{`eksnet:nodeGroups: {General: {instanceTypes: [m7g.large], scaling: {max: 1}}}`, `nodeGroups["General"]: the name may hold up to 40 small letters, digits and -`},
		{`eksnet:nodeGroups: {g: {scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes: missing; list one or more, such as [m7g.large]`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [large], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[0]: "large" is not an instance type, such as m7g.large`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large, m7i.large], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[1]: m7i.large does not run al2023-arm64; use types of one architecture and its image (al2023-x86_64)`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large, m7g.large], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[1]: "m7g.large" is listed twice; list each type once`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: al2, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "al2" is not accepted; accepted: al2023-x86_64 or al2023-arm64`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], capacity: reserved, scaling: {max: 1}}}`, `nodeGroups["g"].capacity: "reserved" is not accepted; accepted: onDemand or spot`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large]}}`, `nodeGroups["g"].scaling: min 0, desired 0, max 0; min and desired from 0, max from 1 are accepted`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: -1, max: 1}}}`, `nodeGroups["g"].scaling: min -1, desired 0, max 1; min and desired from 0, max from 1 are accepted`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: 3, desired: 3, max: 2}}}`, `nodeGroups["g"].scaling: min 3 is greater than max 2; lower min or raise max`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: 1, desired: 9, max: 2}}}`, `nodeGroups["g"].scaling: desired 9 is not between min 1 and max 2`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: 1.5, max: 2}}}`, `nodeGroups["g"].scaling.min: 1.5 is not a whole number`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, labels: {"a b": c}}}`, `nodeGroups["g"].labels["a b"]: "a b=c" is not a Kubernetes label`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, taints: [{key: "", effect: NoSchedule}]}}`, `nodeGroups["g"].taints[0]: "=" is not a Kubernetes taint`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, taints: [{key: a, effect: Never}]}}`, `nodeGroups["g"].taints[0].effect: "Never" is not accepted; accepted: NoSchedule, PreferNoSchedule or NoExecute`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, diskGiB: 8}}`, `nodeGroups["g"].diskGiB: 8 GiB; 20 to 16384 are accepted`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, maxPods: 999}}`, `nodeGroups["g"].maxPods: 999 pods; 0 to 250 are accepted`},

		{`eksnet:addons: {coreDns: {version: "1.11"}}`, `addons.coreDns.version: "1.11" is not an add-on version, such as v1.20.4-eksbuild.1 (aws eks describe-addon-versions lists them)`},
		{`eksnet:addons: {loadBalancerController: {version: v3}}`, `addons.loadBalancerController.version: "v3" is not a chart version, such as 3.2.2`},
		{`eksnet:addons: {loadBalancerController: {replicas: 0}}`, `addons.loadBalancerController.replicas: 0 replicas; 1 to 10 are accepted`},

		{`eksnet:workloads: {Echo: {kind: nlb}}`, `workloads["Echo"]: the name may hold up to 40 small letters, digits and -`},
		{`eksnet:workloads: {kube-system: {kind: nlb}}`, `workloads["kube-system"]: the workload gets a namespace of its name, and kube-system is Kubernetes' own; choose another name`},
		{`eksnet:workloads: {echo: {}}`, `workloads["echo"].kind: missing; accepted: nlb`},
		{`eksnet:workloads: {echo: {kind: elb}}`, `workloads["echo"].kind: "elb" is not accepted; accepted: nlb`},
		{`eksnet:workloads: {echo: {kind: nlb, scheme: public}}`, `workloads["echo"].scheme: "public" is not accepted; accepted: internet-facing or internal`},
		{`eksnet:workloads: {echo: {kind: nlb, replicas: 0}}`, `workloads["echo"].replicas: 0 replicas; 1 to 100 are accepted`},
		{`eksnet:workloads: {echo: {kind: nlb, image: agnhost}}`, `workloads["echo"].image: "agnhost" is not an image with a tag or digest`},

		{`eksnet:tags: {"aws:team": x}`, `tags["aws:team"]: the prefix aws: is not yours: AWS sets such tags itself; choose another key`},
		{`eksnet:tags: {"kubernetes.io/cluster/other": owned}`, `tags["kubernetes.io/cluster/other"]: the prefix kubernetes.io/ is not yours: controllers find subnets and security groups by it; choose another key`},
		{`eksnet:tags: {"eksnet/stack": mine}`, `tags["eksnet/stack"]: the prefix eksnet/ is not yours: it tells which stack a resource belongs to; choose another key`},
		{`eksnet:tags: {team: "a|b"}`, `tags["team"]: "a|b": keys up to 128 and values up to 256 letters`},
		{`eksnet:tags: {team: 5}`, `tags["team"]: 5 is not a text: put it in quotes`},
	}
	for _, test := range tests {
		t.Run(test.mistake, func(t *testing.T) {
			_, problems := load(t, good, test.mistake)
			if !strings.Contains("\n"+problems.Error(), test.problem) {
				t.Errorf("the stack file has %s\nwant a problem  %s\ngot  %s", test.mistake, test.problem, problems)
			}
		})
	}
}

func TestEveryMistakeIsToldAtOnce(t *testing.T) {
	_, problems := load(t, good, `
eksnet:network: {zones: [ap-northeast-2a], nat: both, colour: red}
eksnet:cluster: {name: dev, version: "1.20", endpoint: {private: false}}
eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: 3, desired: 3, max: 2}}}`)
	var paths []string
	for _, problem := range problems {
		paths = append(paths, problem.Path)
	}
	want := []string{"network.colour", "network.zones", "network.nat", "cluster.version", "cluster.endpoint", `nodeGroups["g"].scaling`}
	if !slices.Equal(paths, want) {
		t.Errorf("problems at %q, want %q", paths, want)
	}
}

func TestAMistakeIsToldOnce(t *testing.T) {
	_, problems := load(t, good, `eksnet:nodeGroups: {g: {instanceTypes: m7g.large, scaling: many}}`)
	if len(problems) != 2 {
		t.Errorf("two values of a wrong type make %d problems, want 2: %s", len(problems), problems)
	}
}

func TestKeysOfOthersStayLegal(t *testing.T) {
	if _, problems := load(t, good, `{"aws:profile": ops, "pulumi:disable-default-providers": ["*"], "other:key": 1}`); problems.Err() != nil {
		t.Error(problems)
	}
}

func FuzzDecodingNeverPanics(f *testing.F) {
	f.Add(`{"zones": ["ap-northeast-2a"], "cidr": 5}`, `{"g": {"scaling": {"min": 1e99}}}`)
	f.Add(`[[[]]]`, `"\u0000"`)
	f.Fuzz(func(t *testing.T, network, groups string) {
		config.Load(func(key string) (string, bool) {
			switch key {
			case "eksnet:network", "eksnet:cluster":
				return network, true
			default:
				return groups, true
			}
		}, []string{"eksnet:" + network, groups})
	})
}
