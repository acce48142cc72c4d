package config_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tooMany tags stand in one stack file.
var tooMany = func() string {
	tags := map[string]string{}
	for i := range 41 {
		tags[fmt.Sprint("key", i)] = "x"
	}
	text, _ := json.Marshal(map[string]any{"eksnet:tags": tags})
	return string(text)
}()

// many is a list of n entries made of a format.
func many(n int, format string) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(format, i))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

var (
	tooManyNetworks = "eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: " + many(41, "203.0.113.%d/32") + "}}"
	tooManyTypes    = "eksnet:nodeGroups: {g: {scaling: {max: 1}, instanceTypes: " + many(21, "m%d.large") + "}}"
	tooManyTaints   = "eksnet:nodeGroups: {g: {scaling: {max: 1}, instanceTypes: [m7g.large], taints: " + many(51, "{key: a%d, effect: NoSchedule}") + "}}"
)

// Each problem is reported by path, with the value, the accepted values and what to do.
func TestEveryProblemIsReportedByPath(t *testing.T) {
	tests := []struct{ input, problem string }{
		{`aws:region: ""`, `aws:region: missing; set it in the stack file, beside the eksnet: keys, such as ap-northeast-2`},
		{`aws:region: Seoul`, `aws:region: "Seoul" is not a region, such as ap-northeast-2`},
		{`aws:allowedAccountIds: []`, `aws:allowedAccountIds: missing; set it in the stack file, beside the eksnet: keys: ["111122223333"] allows the stack in that account only`},
		{`aws:allowedAccountIds: ["1111"]`, `aws:allowedAccountIds[0]: "1111" is not a 12-digit account ID`},
		{`aws:allowedAccountIds: [111122223333]`, `aws:allowedAccountIds[0]: 111122223333 is not a string: put it in quotes`},
		{`aws:profile: "a\tb"`, `aws:profile: "a\tb" is not the name of a profile in the AWS configuration, such as prod`},
		{`aws:assumeRole: deployer`, `aws:assumeRole: "deployer" is not a map with roleArn`},
		{`aws:assumeRole: {}`, `aws:assumeRole: missing roleArn, the role to assume, such as {roleArn: "arn:aws:iam::111122223333:role/deployer"}`},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:user/me"}`, `aws:assumeRole.roleArn: "arn:aws:iam::111122223333:user/me" is not the ARN of an IAM role, such as arn:aws:iam::111122223333:role/deployer`},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::444455556666:role/me"}`, `aws:assumeRole.roleArn: arn:aws:iam::444455556666:role/me is a role of account 444455556666, which aws:allowedAccountIds does not list (111122223333); use a role of a listed account or add its account`},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/me", externalId: x}`, `aws:assumeRole.externalId: would apply to the provider but not to the kubeconfig, which supports only the ARN of a role; set it in a profile of the AWS configuration, and set aws:profile to that profile`},
		{`aws:assumeRole: {rolArn: x}`, `aws:assumeRole.rolArn: unknown key; did you mean roleArn? Accepted: roleArn`},
		{`aws:assumeRoles: []`, `aws:assumeRoles: has no effect: the stack's provider supports only region, allowedAccountIds, profile and assumeRole; aws:assumeRole supports one role; for a chain of roles, set aws:profile to a profile that assumes the others first`},
		{`aws:defaultTags: {}`, `aws:defaultTags: has no effect: the stack's provider supports only region, allowedAccountIds, profile and assumeRole; use eksnet:tags`},
		{`aws:secretKey: x`, `aws:secretKey: has no effect: the stack's provider supports only region, allowedAccountIds, profile and assumeRole; set it in a profile of the AWS configuration, and set aws:profile to that profile`},

		{`eksnet:netwrk: {}`, `netwrk: unknown key; did you mean network? Accepted: network, cluster, nodeGroups, addons, dns, workloads, tags or tagsNotOnInstances`},
		{`eksnet:network: text`, `network: "text" is not a map with cidr, ipamPool, zones, nat, endpoints, podCidr, podSubnets, controlPlaneSubnets, flowLogs or ipFamily`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], zoness: 1}`, `network.zoness: unknown key; did you mean zones? Accepted: cidr, ipamPool, zones, nat, endpoints, podCidr, podSubnets, controlPlaneSubnets, flowLogs or ipFamily`},
		{`eksnet:network: {zones: ap-northeast-2a}`, `network.zones: "ap-northeast-2a" is not a list`},
		{`eksnet:network: {zones: [ap-northeast-2a]}`, `network.zones: 1 zone; EKS requires at least two, and the address plan has room for four: list 2 to 4`},
		{`eksnet:network: {zones: [a, b, c, d, e]}`, `network.zones: 5 zones;`},
		{`eksnet:network: {zones: [ap-northeast-2a, us-east-1b]}`, `network.zones[1]: "us-east-1b" is not a zone of aws:region ap-northeast-2, such as ap-northeast-2a`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2a]}`, `network.zones[1]: "ap-northeast-2a" is listed twice; list each zone once`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], nat: both}`, `network.nat: "both" is not accepted; accepted: zone, single or none`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], cidr: 10.0.0.0}`, `network.cidr: "10.0.0.0" is not an IPv4 range, such as 10.0.0.0/16`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], cidr: "fd00::/56"}`, `network.cidr: "fd00::/56" is an IPv6 range; an IPv4 range is expected, such as 10.0.0.0/16`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], cidr: 10.0.9.0/16}`, `network.cidr: "10.0.9.0/16" has host bits set; use 10.0.0.0/16`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], podCidr: 100.64.0.1/16}`, `network.podCidr: "100.64.0.1/16" has host bits set; use 100.64.0.0/16`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], ipamPool: main}`, `network.ipamPool: "main" is not the ID of an IPAM pool, such as ipam-pool-0123456789abcdef0`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], podSubnets: tags}`, `network.podSubnets: "tags" is not accepted; accepted: customNetworking or discovery`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], podSubnets: discovery}`, `network.podSubnets: discovery, but without network.podCidr there are no subnets to discover; add podCidr, such as 100.64.0.0/16, or remove it`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], podCidr: "fd00::/56"}`, `network.podCidr: "fd00::/56" is an IPv6 range; an IPv4 range is expected, such as 10.0.0.0/16`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], flowLogs: true}`, `network.flowLogs: true is not a map with retentionDays`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], flowLogs: {retentionDays: 31}}`, `network.flowLogs.retentionDays: 31 days; CloudWatch accepts 1, 3, 5,`},
		{`eksnet:workloads: {deny: {kind: policy, scheme: internal}}`, `workloads["deny"].scheme: "internal", but policy has no load balancer; remove it or write kind: clb, nlb or alb`},
		{`eksnet:workloads: {deny: {kind: policy, app: game-2048}}`, `workloads["deny"].app: game-2048, but the clients of kind policy run the server's image, and the image of game-2048 has no client for requests; write echo`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], endpoints: ecr.api}`, `network.endpoints: "ecr.api" is not auto or a list`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], endpoints: [sts, auto]}`, `network.endpoints[1]: auto includes every endpoint that the stack needs and cannot be combined with others; write endpoints: auto`},
		{`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], endpoints: [sts, sts]}`, `network.endpoints[1]: "sts" is listed twice; list each service once`},

		{`eksnet:cluster: {name: dev}`, `cluster.endpoint: missing; specify which clients may reach the API, such as {public: true, publicCidrs: [203.0.113.0/24]}`},
		{`eksnet:cluster: {endpoint: {private: true}}`, `cluster.name: missing; name the cluster, such as dev`},
		{`eksnet:cluster: {name: "a b", endpoint: {private: true}}`, `cluster.name: "a b" is not accepted; use up to 40 letters, digits, - and _, starting with a letter or digit (names of IAM roles are derived from it)`},
		{`eksnet:cluster: {name: dev, version: 1.35}`, `cluster.version: 1.35 is not a string: put it in quotes`},
		{`eksnet:cluster: {name: dev, version: "1.20"}`, `cluster.version: "1.20" is not accepted; accepted: 1.36, 1.35, 1.34 or 1.33`},
		{`eksnet:cluster: {name: dev, secretsEncryption: "yes"}`, `cluster.secretsEncryption: "yes" is not true or false`},
		{`eksnet:cluster: {name: dev, serviceCidr: x}`, `cluster.serviceCidr: "x" is not an IPv4 range`},
		{`eksnet:cluster: {name: dev, endpoint: {private: false}}`, `cluster.endpoint: neither private nor public, so no client can reach the API; set one of them to true`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true}}`, `cluster.endpoint.publicCidrs: missing while public is true; list the ranges that may reach the API, such as ["203.0.113.0/24"]`},
		{`eksnet:cluster: {name: dev, endpoint: {publicCidrs: [203.0.113.0/24]}}`, `cluster.endpoint.publicCidrs: 1 range while public is false; set public: true or remove them`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [office]}}`, `cluster.endpoint.publicCidrs[0]: "office" is not an IPv4 range`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [pl-01234567]}}`, `cluster.endpoint.publicCidrs[0]: "pl-01234567" is the ID of a prefix list, but the public endpoint is not in your VPC and EKS accepts ranges alone; list the ranges of the list`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24, 203.0.113.0/24]}}`, `cluster.endpoint.publicCidrs[1]: "203.0.113.0/24" is listed twice; list each range once`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [10.1.0.0/16]}}`, `cluster.endpoint.publicCidrs[0]: "10.1.0.0/16" is a private or reserved range, which EKS rejects; list public egress addresses, such as 203.0.113.7/32`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [100.64.0.0/12]}}`, `cluster.endpoint.publicCidrs[0]: "100.64.0.0/12" is a private or reserved range, which EKS rejects`},
		{`eksnet:cluster: {name: dev, admins: [me]}`, `cluster.admins[0]: "me" is not the ARN of an IAM role or user, such as arn:aws:iam::111122223333:role/admin`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/a"]}`, `cluster.admins[1]: "arn:aws:iam::111122223333:role/a" has AmazonEKSClusterAdminPolicy twice, also at cluster.admins[0]; list it once`},
		{`eksnet:cluster: {name: dev, viewers: [me]}`, `cluster.viewers[0]: "me" is not the ARN of an IAM role or user`},
		{`eksnet:cluster: {name: dev, viewers: ["arn:aws:sts::111122223333:assumed-role/a/b"]}`, `cluster.viewers[0]: "arn:aws:sts::111122223333:assumed-role/a/b" is not the ARN of an IAM role or user`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/a"], viewers: ["arn:aws:iam::111122223333:role/a"]}`, `cluster.viewers[0]: "arn:aws:iam::111122223333:role/a" already has full access by cluster.admins[0]; keep one of them`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/a"], access: [{principal: "arn:aws:iam::111122223333:role/a", policy: AmazonEKSEditPolicy}]}`, `cluster.access[0].principal: "arn:aws:iam::111122223333:role/a" already has full access by cluster.admins[0]; keep one of them`},
		{`eksnet:cluster: {name: dev, viewers: ["arn:aws:iam::111122223333:role/a"], access: [{principal: "arn:aws:iam::111122223333:role/a", policy: AmazonEKSViewPolicy, namespaces: [shop]}]}`, `cluster.access[0].principal: "arn:aws:iam::111122223333:role/a" has AmazonEKSViewPolicy twice, also at cluster.viewers[0]; list it once`},
		{`eksnet:cluster: {name: dev, access: [{policy: AmazonEKSEditPolicy}]}`, `cluster.access[0].principal: missing; name an IAM role or user, such as arn:aws:iam::111122223333:role/admin`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a"}]}`, `cluster.access[0].policy: missing; accepted: AmazonEKSClusterAdminPolicy, AmazonEKSAdminPolicy, AmazonEKSEditPolicy, AmazonEKSViewPolicy, AmazonEKSAdminViewPolicy, AmazonEKSSecretReaderPolicy or AmazonEKSSecretAdminPolicy`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", groups: []}]}`, `cluster.access[0].groups: the list is empty; add entries, such as [shop-team], or remove the key for no groups`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", groups: [shop, "system:masters"]}]}`, `cluster.access[0].groups[1]: "system:masters" begins with system:, which EKS reserves; name a group of your own`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", groups: ["iam:team"]}]}`, `cluster.access[0].groups[0]: "iam:team" begins with iam:, which EKS reserves`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", groups: [two words]}]}`, `cluster.access[0].groups[0]: "two words" is not the name of a group, such as shop-team`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", groups: [shop, shop]}]}`, `cluster.access[0].groups[1]: "shop" is listed twice; list each group once`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", groups: [shop], namespaces: [shop]}]}`, `cluster.access[0].namespaces: the namespaces of a policy, but the entry has groups alone, whose permissions come from RoleBindings; remove them, or write a policy`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", groups: [shop]}, {principal: "arn:aws:iam::111122223333:role/a", groups: [cart]}]}`, `cluster.access[1].principal: "arn:aws:iam::111122223333:role/a" has groups without a policy twice, also at cluster.access[0].principal; list all groups there`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/a"], access: [{principal: "arn:aws:iam::111122223333:role/a", groups: [shop]}]}`, `cluster.access[0].principal: "arn:aws:iam::111122223333:role/a" already has full access by cluster.admins[0]; keep one of them`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", policy: view}]}`, `cluster.access[0].policy: "view" is not accepted; accepted: AmazonEKSClusterAdminPolicy,`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", policy: AmazonEKSEditPolicy, namespaces: []}]}`, `cluster.access[0].namespaces: the list is empty; add entries, such as [shop], or remove the key for the whole cluster`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", policy: AmazonEKSEditPolicy, namespaces: [Shop]}]}`, `cluster.access[0].namespaces[0]: "Shop" is not a namespace or a namespace pattern, such as shop or team-*`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/a", policy: AmazonEKSEditPolicy, namespaces: [shop, shop]}]}`, `cluster.access[0].namespaces[1]: "shop" is listed twice; list each namespace once`},
		{`eksnet:cluster: {name: dev, endpoint: {proxy: "localhost:8888"}}`, `cluster.endpoint.proxy: "localhost:8888" is not the URL of a proxy; http and socks5 with a host are accepted, such as http://localhost:8888`},
		{`eksnet:cluster: {name: dev, endpoint: {proxy: "https://proxy.corp:3128"}}`, `cluster.endpoint.proxy: "https://proxy.corp:3128": kubectl verifies the proxy with the cluster's certificate authority, which issues no certificates for proxies; use the proxy over http or socks5, or forward a port to it: http://localhost:8888`},
		{`eksnet:cluster: {name: dev, endpoint: {proxy: "ssh://bastion"}}`, `cluster.endpoint.proxy: "ssh://bastion" is not the URL of a proxy`},
		{`eksnet:cluster: {name: dev, endpoint: {proxy: "http://"}}`, `cluster.endpoint.proxy: "http://" is not the URL of a proxy`},
		{`eksnet:cluster: {name: dev, endpoint: {proxy: "http://localhost:99999"}}`, `cluster.endpoint.proxy: "http://localhost:99999" is not the URL of a proxy`},
		{`eksnet:cluster: {name: dev, endpoint: {proxy: "http://me:secret@proxy:3128"}}`, `cluster.endpoint.proxy: the URL contains a user name or password, which would be readable in the kubeconfig; use a proxy without authentication, such as a forwarded port: http://localhost:8888`},
		{`eksnet:cluster: {name: dev, endpoint: {proxy: "http://proxy:3128/eks?a=b"}}`, `cluster.endpoint.proxy: "http://proxy:3128/eks?a=b" has more than scheme, host and port; write http://proxy:3128`},
		{`eksnet:cluster: {name: dev, logs: {types: [apis]}}`, `cluster.logs.types[0]: "apis" is not accepted; accepted: api, audit, authenticator, controllerManager or scheduler`},
		{`eksnet:cluster: {name: dev, upgradePolicy: none}`, `cluster.upgradePolicy: "none" is not accepted; accepted: standard or extended`},
		{`eksnet:cluster: {name: dev, logs: {types: [], encryption: true}}`, `cluster.logs.encryption: true, but types is empty, so there is no log group; list types or remove it`},
		{`eksnet:cluster: {name: dev, logs: {types: [api, api]}}`, `cluster.logs.types[1]: "api" is listed twice; list each type once`},
		{`eksnet:cluster: {name: dev, logs: {retentionDays: 31}}`, `cluster.logs.retentionDays: 31 days; CloudWatch accepts 1, 3, 5, 7, 14, 30,`},

		{`eksnet:nodeGroups: {}`, `nodeGroups: missing; CoreDNS and the load balancer controller need at least one node group`},
		{`eksnet:nodeGroups: [general]`, `nodeGroups: ["general"] is not a map keyed by name`},
		{`eksnet:nodeGroups: {General: {instanceTypes: [m7g.large], scaling: {max: 1}}}`, `nodeGroups["General"]: the name may have up to 40 lowercase letters, digits and -`},
		{`eksnet:nodeGroups: {g: {scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes: missing; list one or more, such as [m7g.large]`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [large], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[0]: "large" is not an instance type, such as m7g.large`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large, m7i.large], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[1]: m7i.large does not run al2023-arm64; use types of one architecture and its AMI (al2023-x86_64)`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large, m7g.large], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[1]: "m7g.large" is listed twice; list each type once`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: al2, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "al2" is not accepted: EKS has had no AL2 images since November 2025`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: AL2_ARM_64, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "AL2_ARM_64" is not accepted: EKS has had no AL2 images since November 2025`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: WINDOWS_CORE_2022_x86_64, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "WINDOWS_CORE_2022_x86_64" is not accepted: pods on Windows get their addresses from the VPC resource controller`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: windows-2022, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "windows-2022" is not accepted: pods on Windows get their addresses from the VPC resource controller`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: CUSTOM, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "CUSTOM" is not accepted: EKS completes the user data of its own images only`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: ami-0123456789abcdef0, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "ami-0123456789abcdef0" is not accepted: EKS completes the user data of its own images only`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: BOTTLEROCKET_ARM_64_FIPS, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "BOTTLEROCKET_ARM_64_FIPS" is not accepted: its nodes pull images from FIPS endpoints of ECR`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], keyName: " admin", scaling: {max: 1}}}`, `nodeGroups["g"].keyName: " admin" is not the name of an EC2 key pair, which has up to 255 ASCII characters and no spaces at its ends`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: bottlerocket-arm64, keyName: admin, scaling: {max: 1}}}`, `nodeGroups["g"].keyName: Bottlerocket runs no SSH server`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], kubelet: {kubeReserved: {cpu: "0.2"}}, scaling: {max: 1}}}`, `nodeGroups["g"].kubelet.kubeReserved.cpu: "0.2" is not a number of CPUs; write milli-CPUs, such as 250m, or whole CPUs, such as "1"`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], kubelet: {systemReserved: {memory: 1G}}, scaling: {max: 1}}}`, `nodeGroups["g"].kubelet.systemReserved.memory: "1G" is not a size; write MiB or GiB, such as 500Mi or 1Gi`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], kubelet: {systemReserved: {ephemeralStorage: 10%}}, scaling: {max: 1}}}`, `nodeGroups["g"].kubelet.systemReserved.ephemeralStorage: "10%" is not a size; write MiB or GiB, such as 500Mi or 1Gi`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], kubelet: {evictionHard: {memory.free: 5%}}, scaling: {max: 1}}}`, `nodeGroups["g"].kubelet.evictionHard["memory.free"]: "memory.free" is not an eviction signal; accepted: imagefs.available, imagefs.inodesFree, memory.available, nodefs.available, nodefs.inodesFree or pid.available`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], kubelet: {evictionHard: {memory.available: 100%}}, scaling: {max: 1}}}`, `nodeGroups["g"].kubelet.evictionHard["memory.available"]: "100%" is not a threshold; write a size, such as 500Mi or 1Gi, or a percentage from 1% to 99%`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], kubelet: {evictionHard: {nodefs.inodesFree: 1Gi}}, scaling: {max: 1}}}`, `nodeGroups["g"].kubelet.evictionHard["nodefs.inodesFree"]: "1Gi" is not a threshold; write a percentage from 1% to 99%`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: ubuntu, scaling: {max: 1}}}`, `nodeGroups["g"].ami: "ubuntu" is not accepted; accepted: al2023-x86_64, al2023-arm64, bottlerocket-x86_64, bottlerocket-arm64, al2023-x86_64-nvidia, al2023-arm64-nvidia, al2023-x86_64-neuron, bottlerocket-x86_64-nvidia or bottlerocket-arm64-nvidia`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], capacity: reserved, scaling: {max: 1}}}`, `nodeGroups["g"].capacity: "reserved" is not accepted; accepted: onDemand or spot`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large]}}`, `nodeGroups["g"].scaling: min 0, desired 0, max 0; min and desired must be 0 or more, and max 1 or more`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: -1, max: 1}}}`, `nodeGroups["g"].scaling: min -1, desired 0, max 1; min and desired must be 0 or more, and max 1 or more`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: 3, desired: 3, max: 2}}}`, `nodeGroups["g"].scaling: min 3 is greater than max 2; lower min or raise max`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: 1, desired: 9, max: 2}}}`, `nodeGroups["g"].scaling: desired 9 is not between min 1 and max 2`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {min: 1.5, max: 2}}}`, `nodeGroups["g"].scaling.min: 1.5 is not a whole number`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, labels: {"a b": c}}}`, `nodeGroups["g"].labels["a b"]: "a b=c" is not a Kubernetes label`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, taints: [{key: "", effect: NoSchedule}]}}`, `nodeGroups["g"].taints[0]: "=" is not a Kubernetes taint`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, taints: [{key: a, effect: Never}]}}`, `nodeGroups["g"].taints[0].effect: "Never" is not accepted; accepted: NoSchedule, PreferNoSchedule or NoExecute`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, diskGiB: 8}}`, `nodeGroups["g"].diskGiB: 8 GiB; 20 to 16384 are accepted`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, maxPods: 999}}`, `nodeGroups["g"].maxPods: 999 pods; 0 to 250 are accepted`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: bottlerocket-x86_64, scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[0]: m7g.large does not run bottlerocket-x86_64; use types of one architecture and its AMI (bottlerocket-arm64)`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7i.large, m7g.large], ami: bottlerocket-x86_64, scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[1]: m7g.large does not run bottlerocket-x86_64; use types of one architecture and its AMI (bottlerocket-arm64)`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, subnets: isolated}}`, `nodeGroups["g"].subnets: "isolated" is not accepted; accepted: private or public`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, update: {maxUnavailable: 101}}}`, `nodeGroups["g"].update.maxUnavailable: 101 nodes; 0 to 100 are accepted`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, update: {maxUnavailablePercentage: -1}}}`, `nodeGroups["g"].update.maxUnavailablePercentage: -1 percent; 0 to 100 are accepted`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, update: {maxUnavailable: 1, maxUnavailablePercentage: 33}}}`, `nodeGroups["g"].update: maxUnavailable 1 and maxUnavailablePercentage 33; keep one of them`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, tags: {"eksnet/stack": x}}}`, `nodeGroups["g"].tags["eksnet/stack"]: the prefix eksnet/ is reserved: it identifies the stack that a resource belongs to; choose another key`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, labels: {node-role.kubernetes.io/edge: ""}}}`, `nodeGroups["g"].labels["node-role.kubernetes.io/edge"]: reserved label prefix: EKS refuses labels of eks.amazonaws.com, and the kubelet does not start with others of kubernetes.io and k8s.io; use a domain of your own, such as example.com/edge`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, labels: {eks.amazonaws.com/nodegroup: x}}}`, `nodeGroups["g"].labels["eks.amazonaws.com/nodegroup"]: reserved label prefix`},

		{`eksnet:addons: {vpcCni: {warm: {enis: -1}}}`, `addons.vpcCni.warm.enis: -1 network interfaces; 0 to 24 are accepted`},
		{`eksnet:addons: {vpcCni: {warm: {ips: 251}}}`, `addons.vpcCni.warm.ips: 251 addresses; 0 to 250 are accepted`},
		{`eksnet:addons: {vpcCni: {warm: {minimumIps: 251}}}`, `addons.vpcCni.warm.minimumIps: 251 addresses; 0 to 250 are accepted`},
		{`eksnet:addons: {vpcCni: {warm: {prefixes: 17}}}`, `addons.vpcCni.warm.prefixes: 17 prefixes; 0 to 16 are accepted`},
		{`eksnet:addons: {coreDns: {version: "1.11"}}`, `addons.coreDns.version: "1.11" is not an add-on version, such as v1.20.4-eksbuild.1 (aws eks describe-addon-versions lists them)`},
		{`eksnet:addons: {coreDns: {replicas: 0}}`, `addons.coreDns.replicas: 0 replicas; 1 to 100 are accepted`},
		{`eksnet:addons: {coreDns: {autoscale: {min: 1, max: 4}}}`, `addons.coreDns.autoscale.min: 1 pod; 2 to 1000 are accepted`},
		{`eksnet:addons: {coreDns: {autoscale: {}}}`, `addons.coreDns.autoscale.max: missing; 2 to 1000 are accepted`},
		{`eksnet:addons: {coreDns: {autoscale: {max: 1001}}}`, `addons.coreDns.autoscale.max: 1001 pods; 2 to 1000 are accepted`},
		{`eksnet:addons: {coreDns: {autoscale: {min: 5, max: 4}}}`, `addons.coreDns.autoscale: min 5 is greater than max 4; lower min or raise max`},
		{`eksnet:addons: {coreDns: {maxUnavailable: 0}}`, `addons.coreDns.maxUnavailable: 0; 1 or more is accepted: with 0 no node that runs CoreDNS could be drained`},
		{`eksnet:addons: {coreDns: {maxUnavailable: 2}}`, `addons.coreDns.maxUnavailable: 2 of 2 pods may be missing, so a drain could leave the cluster without DNS; at most 1 is accepted`},
		{`eksnet:addons: {metricsServer: {version: 0.8.1}}`, `addons.metricsServer.version: "0.8.1" is not an add-on version, such as v1.20.4-eksbuild.1 (aws eks describe-addon-versions lists them)`},
		{`eksnet:addons: {metricsServer: {replicas: 0}}`, `addons.metricsServer.replicas: 0 replicas; 1 to 10 are accepted`},
		{`eksnet:addons: {kubeOpsView: {scheme: public}}`, `addons.kubeOpsView.scheme: "public" is not accepted; accepted: internet-facing or internal`},
		{`eksnet:addons: {kubeOpsView: {image: kube-ops-view}}`, `addons.kubeOpsView.image: "kube-ops-view" is not an image with a tag or digest, such as registry.k8s.io/e2e-test-images/agnhost:2.53`},
		{`eksnet:addons: {kubeOpsView: {sourceRanges: [10.0.0.1/8]}}`, `addons.kubeOpsView.sourceRanges[0]`},
		{`eksnet:addons: {kubeOpsView: {prefixLists: {pl-01234567: 0}}}`, `addons.kubeOpsView.prefixLists["pl-01234567"]: 0 entries; 1 to 1000 are accepted`},
		{`eksnet:workloads: {kube-ops-view: {kind: nlb}}`, `workloads["kube-ops-view"]: the name and the namespace kube-ops-view are reserved for addons.kubeOpsView; choose another name`},
		{`eksnet:workloads: {view: {kind: nlb, app: kube-ops-view}}`, `workloads["view"].app: kube-ops-view is installed with its rights by addons.kubeOpsView; remove the workload and write addons: {kubeOpsView: {}}`},
		{`eksnet:addons: {loadBalancerController: {version: v3}}`, `addons.loadBalancerController.version: "v3" is not a chart version, such as 3.2.2`},
		{`eksnet:addons: {loadBalancerController: {replicas: 0}}`, `addons.loadBalancerController.replicas: 0 replicas; 1 to 10 are accepted`},
		{`eksnet:cluster: {name: dev, identity: oidc, endpoint: {private: true}}`, `cluster.identity: "oidc" is not accepted; accepted: irsa or podIdentity`},
		{`eksnet:addons: {podIdentityAgent: {}}`, `addons.podIdentityAgent: has no effect with cluster.identity irsa, which does not install the agent; write cluster.identity: podIdentity, or remove it`},
		{`eksnet:addons: {podIdentityAgent: {version: latest}}`, `addons.podIdentityAgent.version: "latest" is not an add-on version`},
		{`eksnet:addons: {kubeProxy: {mode: ipvs}}`, `addons.kubeProxy.mode: ipvs, which is deprecated since Kubernetes 1.35; write nftables, which replaces it, or iptables`},
		{`eksnet:addons: {kubeProxy: {mode: userspace}}`, `addons.kubeProxy.mode: "userspace" is not accepted; accepted: iptables or nftables`},
		{`eksnet:addons: {externalDns: {}}`, `addons.externalDns: the stack has no hosted zones, so ExternalDNS would have no zone to create records in; add dns: {zones: [{domain: example.com}]}, or remove it`},
		{`eksnet:addons: {cniMetricsHelper: {version: v1.23.2}}`, `addons.cniMetricsHelper.version: "v1.23.2" is not a chart version, such as 1.23.2`},
		{`eksnet:addons: {cniMetricsHelper: {chart: "charts.example.com"}}`, `addons.cniMetricsHelper.chart: "charts.example.com" is not the location of a chart; an https:// repository or the oci:// address of a chart is accepted, such as https://aws.github.io/eks-charts`},
		{`eksnet:addons: {cniMetricsHelper: {image: cni-metrics-helper}}`, `addons.cniMetricsHelper.image: "cni-metrics-helper" is not an image with a tag or digest, such as 111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/cni-metrics-helper:v1.23.2`},
		{`eksnet:addons: {loadBalancerController: {chart: "http://charts.example.com"}}`, `addons.loadBalancerController.chart: "http://charts.example.com" is not the location of a chart; an https:// repository or the oci:// address of a chart is accepted, such as https://aws.github.io/eks-charts`},
		{`eksnet:addons: {loadBalancerController: {chart: eks/aws-load-balancer-controller}}`, `addons.loadBalancerController.chart: "eks/aws-load-balancer-controller" is not the location of a chart; an https:// repository or the oci:// address of a chart is accepted, such as https://aws.github.io/eks-charts`},
		{`eksnet:addons: {loadBalancerController: {chart: "https://me:secret@charts.example.com"}}`, `addons.loadBalancerController.chart: the address contains a user name or password, which would be readable in the state; use helm registry login instead`},
		{`eksnet:addons: {loadBalancerController: {chart: "https://charts.example.com/a?b=c"}}`, `addons.loadBalancerController.chart: "https://charts.example.com/a?b=c" has more than host and path; write https://charts.example.com/a`},
		{`eksnet:addons: {loadBalancerController: {chart: "oci://registry.example.com/"}}`, `addons.loadBalancerController.chart: "oci://registry.example.com/" is a registry; add the name of the chart, such as oci://registry.example.com/aws-load-balancer-controller`},
		{`eksnet:addons: {loadBalancerController: {image: "registry.example.com:5000/lbc:v3.2.2"}}`, `addons.loadBalancerController.image: "registry.example.com:5000/lbc:v3.2.2" has a tag or digest, but the tag is set from version; write registry.example.com:5000/lbc`},
		{`eksnet:addons: {loadBalancerController: {image: "https://registry.example.com/lbc"}}`, `addons.loadBalancerController.image: "https://registry.example.com/lbc" is not an image name without a tag, such as`},

		{`eksnet:workloads: {"2048": {kind: nlb}}`, `workloads["2048"]: the name may have up to 40 lowercase letters, digits and -, starting with a letter`},
		{`eksnet:workloads: {echo: {kind: nlb, app: doom}}`, `workloads["echo"].app: "doom" is not accepted; accepted: echo, game-2048 or nginx`},
		{`eksnet:workloads: {echo: {kind: nlb, target: pod}}`, `workloads["echo"].target: "pod" is not accepted; accepted: ip or instance`},
		{`eksnet:workloads: {echo: {kind: clb, target: ip}}`, `workloads["echo"].target: ip, but a Classic Load Balancer supports instance targets only; write instance, or kind nlb or alb`},
		{`eksnet:workloads: {echo: {kind: nlb, group: shop}}`, `workloads["echo"].group: "shop", but nlb forwards connections and does not read requests; remove it or write kind: alb`},
		{`eksnet:workloads: {echo: {kind: clb, hosts: [shop.example.com]}}`, `workloads["echo"].hosts: ["shop.example.com"], but clb forwards connections and does not read requests; remove it or write kind: alb`},
		{`eksnet:workloads: {echo: {kind: clb, paths: [/]}}`, `workloads["echo"].paths: ["/"], but clb forwards connections and does not read requests; remove it or write kind: alb`},
		{`eksnet:workloads: {echo: {kind: alb, group: Shop}}`, `workloads["echo"].group: "Shop" is not the name of a group; up to 63 lowercase letters, digits, - and . are accepted, starting and ending with a letter or digit`},
		{`eksnet:workloads: {echo: {kind: alb, hosts: ["https://shop.example.com"]}}`, `workloads["echo"].hosts[0]: "https://shop.example.com" is not a valid host name, such as shop.example.com or *.example.com, without scheme and port`},
		{`eksnet:workloads: {echo: {kind: alb, paths: ["cart"]}}`, `workloads["echo"].paths[0]: "cart" is not a valid path prefix; / or up to 126 characters such as /shop are accepted, without a / at the end and without wildcards`},
		{`eksnet:workloads: {echo: {kind: alb, paths: ["/cart/"]}}`, `workloads["echo"].paths[0]: "/cart/" is not a valid path prefix`},
		{`eksnet:workloads: {echo: {kind: alb, paths: ["/*"]}}`, `workloads["echo"].paths[0]: "/*" is not a valid path prefix`},
		{`eksnet:workloads: {echo: {kind: alb, paths: ["/a/../b"]}}`, `workloads["echo"].paths[0]: "/a/../b" is not a valid path prefix`},
		{`eksnet:workloads: {game: {kind: alb, app: game-2048, paths: [/game]}}`, `workloads["game"].paths[0]: "/game", but game-2048 serves only /; set hosts instead`},
		{`eksnet:workloads: {echo: {kind: nlb, image: "registry.example.com:5000/agnhost"}}`, `workloads["echo"].image: "registry.example.com:5000/agnhost" is not an image with a tag or digest`},
		{`eksnet:workloads: {Echo: {kind: nlb}}`, `workloads["Echo"]: the name may have up to 40 lowercase letters, digits and -, starting with a letter`},
		{`eksnet:workloads: {a-workload-whose-name-has-more-letters-tha: {kind: nlb}}`, `workloads["a-workload-whose-name-has-more-letters-tha"]: the name may have up to 40 lowercase letters, digits and -, starting with a letter`},
		{`eksnet:workloads: {kube-system: {kind: nlb}}`, `workloads["kube-system"]: the workload gets a namespace of its name, and Kubernetes reserves the namespace kube-system; choose another name`},
		{`eksnet:workloads: {echo: {}}`, `workloads["echo"].kind: missing; accepted: clb, nlb, alb, gateway-nlb, gateway-alb, policy, netshoot, speed or mesh`},
		{`eksnet:workloads: {echo: {kind: elb}}`, `workloads["echo"].kind: "elb" is not accepted; accepted: clb, nlb, alb, gateway-nlb, gateway-alb, policy, netshoot, speed or mesh`},
		{`eksnet:workloads: {echo: {kind: nlb, scheme: public}}`, `workloads["echo"].scheme: "public" is not accepted; accepted: internet-facing or internal`},
		{`eksnet:workloads: {echo: {kind: nlb, replicas: 0}}`, `workloads["echo"].replicas: 0 replicas; 1 to 100 are accepted`},
		{`eksnet:workloads: {echo: {kind: nlb, image: agnhost}}`, `workloads["echo"].image: "agnhost" is not an image with a tag or digest, such as registry.k8s.io/e2e-test-images/agnhost:2.53`},

		{`eksnet:tags: {"aws:team": x}`, `tags["aws:team"]: the prefix aws: is reserved: AWS sets such tags itself; choose another key`},
		{`eksnet:tags: {"kubernetes.io/cluster/other": owned}`, `tags["kubernetes.io/cluster/other"]: the prefix kubernetes.io/ is reserved: controllers find subnets and security groups by it; choose another key`},
		{`eksnet:tags: {"eksnet/stack": mine}`, `tags["eksnet/stack"]: the prefix eksnet/ is reserved: it identifies the stack that a resource belongs to; choose another key`},
		{`eksnet:tagsNotOnInstances: [release]`, `tagsNotOnInstances[0]: no tag has the key "release"; accepted: `},
		{"eksnet:tags: {release: a}\neksnet:tagsNotOnInstances: [release, release]", `tagsNotOnInstances[1]: "release" is listed twice; list each key once`},
		{`eksnet:tagsNotOnInstances: release`, `tagsNotOnInstances: `},
		{`eksnet:tags: {team: "a|b"}`, `tags["team"]: "a|b": keys up to 128 and values up to 256 letters`},
		{`eksnet:tags: {owner: "team: billing"}`, `tags["owner"]: "team: billing": a colon before a space or at the end is read as YAML by the load balancer controller's chart, which does not quote tags; remove the space or the colon`},
		{`eksnet:tags: {owner: "team:"}`, `tags["owner"]: "team:": a colon before a space or at the end is read as YAML by the load balancer controller's chart, which does not quote tags; remove the space or the colon`},
		{`eksnet:tags: {"owner: team": x}`, `tags["owner: team"]: "x": a colon before a space or at the end is read as YAML by the load balancer controller's chart, which does not quote tags; remove the space or the colon`},
		{"eksnet:tags: {owner: \"a\\u2028b\"}", `tags["owner"]: "a\u2028b" contains a line or paragraph separator, which ends the value in the load balancer controller's chart; use a space`},
		{`eksnet:tags: {"a=b": c}`, `tags["a=b"]: the key contains =, where the load balancer controller ends the key; use a key without =`},
		{`eksnet:tags: {owner: "team "}`, `tags["owner"]: "team ": Elastic Load Balancing accepts no space at the beginning or end of a tag's key or value; remove it`},
		{`{"eksnet:tags": {cost: "a=b=c"}, "eksnet:workloads": {old: {kind: clb}}}`, `tags["cost"]: "a=b=c", but EKS's cloud controller, which tags the load balancer of workload old (kind clb), truncates a value at its first =; use a value without =, or another kind`},
		{`eksnet:tags: {Team: a, team: b}`, `tags["team"]: differs from tag "Team" only in upper and lower case, and IAM refuses a role with both (Duplicate tag keys found); remove one of them`},
		{`eksnet:cluster: {name: sg-dev, endpoint: {private: true}}`, `cluster.name: "sg-dev" begins with sg-, but security groups of the stack are named after it, and EC2 accepts no such name of a security group; choose another name`},
		{tooManyNetworks, `cluster.endpoint.publicCidrs: 41 ranges; EKS accepts at most 40: merge adjacent ranges`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [224.0.0.0/8]}}`, `cluster.endpoint.publicCidrs[0]: "224.0.0.0/8" is a private or reserved range, which EKS rejects`},
		{"eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], ipFamily: dual}", `network.ipFamily: "dual" is not accepted; accepted: ipv4 or ipv6`},
		{"eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [\"2001:db8::/32\"]}}", `cluster.endpoint.publicCidrs[0]: "2001:db8::/32" is an IPv6 range; an IPv4 range is expected`},
		{"eksnet:workloads: {echo: {kind: nlb, sourceRanges: [\"2001:db8::/32\"]}}", `workloads["echo"].sourceRanges[0]: "2001:db8::/32" is an IPv6 range; an IPv4 range is expected`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [250.1.2.0/24]}}`, `cluster.endpoint.publicCidrs[0]: "250.1.2.0/24" is a private or reserved range, which EKS rejects`},
		{`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [0.0.0.0/8]}}`, `cluster.endpoint.publicCidrs[0]: "0.0.0.0/8" is a private or reserved range, which EKS rejects`},
		{`eksnet:cluster: {name: dev, viewers: ["arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"]}`, `cluster.viewers[0]: "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS" is a service-linked role, which EKS access entries do not support; use the role or user that people and pipelines use`},
		{`eksnet:cluster: {name: dev, access: [{principal: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/y", policy: AmazonEKSEditPolicy}]}`, `cluster.access[0].principal: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/y" is a service-linked role, which EKS access entries do not support`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/AWSReservedSSO_AdministratorAccess_1f9ff11932198c00"]}`, `cluster.admins[0]: "arn:aws:iam::111122223333:role/AWSReservedSSO_AdministratorAccess_1f9ff11932198c00" lacks the path of the IAM Identity Center role, and EKS does not find the role without it (invalid principal); write role/aws-reserved/sso.amazonaws.com/`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:root"]}`, `cluster.admins[0]: "arn:aws:iam::111122223333:root" is not the ARN of an IAM role or user`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/*"]}`, `cluster.admins[0]: "arn:aws:iam::111122223333:role/*" is not the ARN of an IAM role or user`},
		{`eksnet:cluster: {name: dev, admins: ["arn:aws:iam::111122223333:role/a/"]}`, `cluster.admins[0]: "arn:aws:iam::111122223333:role/a/" is not the ARN of an IAM role or user`},
		{`aws:assumeRole: {roleArn: "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/y"}`, `aws:assumeRole.roleArn: arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/y is a service-linked role, which only its service can assume; use a role of your own`},

		{`eksnet:nodeGroups: {g: {instanceTypes: [a1.large], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[0]: a1.large cannot run AL2023, which requires Graviton2 or later; use a current type, such as m7g.large or t4g.medium, or ami: bottlerocket-arm64`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [t3.micro, t1.micro], scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[1]: t1.micro runs only paravirtual AMIs, and EKS has none; use a current type, such as m7i.large or t3.medium`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m1.large], ami: bottlerocket-x86_64, scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[0]: m1.large runs only paravirtual AMIs, and EKS has none; use a current type, such as m7i.large or t3.medium`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: al2023-x86_64-neuron, scaling: {max: 1}}}`, `nodeGroups["g"].instanceTypes[0]: m7g.large does not run al2023-x86_64-neuron; use types of one architecture and its AMI (al2023-arm64)`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], ami: bottlerocket-x86_64-nvidia, scaling: {max: 1}}}`, `use types of one architecture and its AMI (bottlerocket-arm64-nvidia)`},
		{tooManyTypes, `nodeGroups["g"].instanceTypes: 21 types; EKS accepts at most 20: list fewer, or add another node group`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, labels: {spot: ""}}}`, `nodeGroups["g"].labels["spot"]: the value is empty, but EKS requires 1 to 63 characters; write a value, such as "true"`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, labels: {a-team-with-a-long-name.department.example.com/a-label-with-a-name: a}}}`, `labels["a-team-with-a-long-name.department.example.com/a-label-with-a-name"]: the key has 66 characters; EKS accepts 63 including the prefix: shorten it`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, labels: {a..b/c: d}}}`, `labels["a..b/c"]: "a..b/c=d" is not a Kubernetes label`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, taints: [{key: a-team-with-a-long-name.department.example.com/a-taint-with-a-name, effect: NoSchedule}]}}`, `nodeGroups["g"].taints[0]: the key a-team-with-a-long-name.department.example.com/a-taint-with-a-name has 66 characters; EKS accepts 63 including the prefix: shorten it`},
		{`eksnet:nodeGroups: {g: {instanceTypes: [m7g.large], scaling: {max: 1}, taints: [{key: a, value: b, effect: NoSchedule}, {key: a, value: c, effect: NoSchedule}]}}`, `nodeGroups["g"].taints[1]: a with NoSchedule is listed twice, and Kubernetes refuses a node whose taints are not unique by key and effect; keep one of them`},
		{tooManyTaints, `nodeGroups["g"].taints: 51 taints; EKS accepts at most 50`},

		{`eksnet:addons: {loadBalancerController: {version: 2.17.1}}`, `addons.loadBalancerController.version: 2.17.1; the chart and the controller have the same version only from 3.0.0 on: 3.0.0 or later is accepted, such as 3.2.2`},
		{`eksnet:addons: {loadBalancerController: {version: 1.17.1}}`, `addons.loadBalancerController.version: 1.17.1; the chart and the controller have the same version only from 3.0.0 on: 3.0.0 or later is accepted, such as 3.2.2`},
		{`eksnet:addons: {loadBalancerController: {version: 03.2.2}}`, `addons.loadBalancerController.version: "03.2.2" is not a chart version`},
		{`eksnet:addons: {vpcCni: {warm: {prefixes: 0}}}`, `addons.vpcCni.warm.prefixes: 0 with prefix delegation and without ips and minimumIps: the VPC CNI does not start, so no node becomes ready; set one of the three to 1 or more`},

		{`eksnet:workloads: {echo: {kind: alb, hosts: ["10.0.0.1"]}}`, `workloads["echo"].hosts[0]: "10.0.0.1" is an IP address, but Kubernetes accepts only names as hosts of an Ingress; write a name, such as shop.example.com`},
		{`eksnet:workloads: {echo: {kind: nlb, sourceRanges: []}}`, `workloads["echo"].sourceRanges: the list is empty; add entries, such as [203.0.113.0/24], or remove the key for any address`},
		{`eksnet:workloads: {echo: {kind: nlb, zones: []}}`, `workloads["echo"].zones: the list is empty; add entries, such as [ap-northeast-2a, ap-northeast-2b], or remove the key for all zones`},
		{`eksnet:workloads: {echo: {kind: alb, hosts: []}}`, `workloads["echo"].hosts: the list is empty; add entries, such as [shop.example.com], or remove the key for any host`},
		{`eksnet:workloads: {echo: {kind: alb, paths: []}}`, `workloads["echo"].paths: the list is empty; add entries, such as [/shop], or remove the key for all`},
		{`eksnet:workloads: {echo: {kind: nlb, securityGroups: []}}`, `workloads["echo"].securityGroups: the list is empty; add entries, such as [sg-0123456789abcdef0], or remove the key for the controller's security group, which allows sourceRanges`},
		{tooMany, `tags: 41 tags, including those of the stack; at most 40 are accepted, because AWS allows 50 and eksnet adds its own`},
		{`eksnet:tags: {team: 5}`, `tags["team"]: 5 is not a string: put it in quotes`},
	}
	for _, test := range tests {
		t.Run(test.input, func(t *testing.T) {
			_, problems := load(t, good, test.input)
			if !strings.Contains("\n"+problems.Error(), test.problem) {
				t.Errorf("the stack file has %s\nwant a problem  %s\ngot  %s", test.input, test.problem, problems)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
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

func TestAProblemIsReportedOnce(t *testing.T) {
	_, problems := load(t, good, `eksnet:nodeGroups: {g: {instanceTypes: m7g.large, scaling: many}}`)
	if len(problems) != 2 {
		t.Errorf("two values of a wrong type make %d problems, want 2: %s", len(problems), problems)
	}
}

// What a misread value means is what the other checks see, so that they find nothing that is not there.
func TestAProblemIsReportedWithoutThoseThatFollowFromIt(t *testing.T) {
	for setting, path := range map[string]string{
		`eksnet:cluster: {name: dev, endpoint: {public: "yes", publicCidrs: [203.0.113.0/24]}}`: "cluster.endpoint.public",
		`eksnet:cluster: {name: dev, endpoint: {public: 1, publicCidrs: [203.0.113.0/24]}}`:     "cluster.endpoint.public",
	} {
		if _, problems := load(t, good, setting); len(problems) != 1 || problems[0].Path != path {
			t.Errorf("%s: %v, want one problem at %s", setting, problems, path)
		}
	}
}
