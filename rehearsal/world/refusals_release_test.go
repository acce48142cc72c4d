package world_test

import (
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func clientRefusals() []kubeRefusal {
	// dialled reads an object with a kubeconfig in which a text is replaced.
	dialled := func(old, replacement string) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			text := k.Kubeconfig()
			if !strings.Contains(text, old) {
				k.T.Fatalf("the kubeconfig has no %s", old)
			}
			client, err := k.World.Kubernetes(strings.Replace(text, old, replacement, 1))
			if err != nil {
				return err
			}
			_, err = client.Create(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "apps", nil))
			return err
		}
	}
	return []kubeRefusal{
		{"a kubeconfig with an unknown field", eks.KubeconfigReads, dialled(`"kind"`, `"kinds"`)},
		{"a kubeconfig without its context", eks.KubeconfigReads, dialled(`"current-context": "aws"`, `"current-context": "gcp"`)},
		{"a kubeconfig without its user", eks.KubeconfigReads, dialled(`"user": "aws"`, `"user": "gcp"`)},
		{"a kubeconfig of another tool", eks.KubeconfigExec, dialled(`"command": "aws"`, `"command": "gcloud"`)},
		{"a kubeconfig with another command", eks.KubeconfigExec, dialled(`"get-token"`, `"list-clusters"`)},
		{"a kubeconfig without a region", eks.KubeconfigExec, dialled(`"--region", "ap-northeast-2", `, ``)},
		{"a kubeconfig of a cluster that does not exist", eks.TokenCluster, dialled(`"dev"`, `"prod"`)},
		{"a kubeconfig of another region", eks.TokenRegion, dialled(`"--region", "ap-northeast-2"`, `"--region", "us-east-1"`)},
		{"a kubeconfig with another server", eks.ServerKnown, dialled(`"server": "https://`, `"server": "https://old.`)},
		{"a kubeconfig with another authority", eks.AuthorityKnown, dialled(`"certificate-authority-data": "`, `"certificate-authority-data": "b2xk`)},
		{"a caller whose access entry is deleted", eks.CallerAdmitted, func(k *worldtest.KubeLab) error {
			for _, o := range k.World.All(store.AccessEntryType) {
				k.World.Drop(o)
			}
			return k.Kube.Delete(store.NamespaceType, "apps")
		}},
		{"a caller whose access policy is disassociated", kube.CallerMay, func(k *worldtest.KubeLab) error {
			for _, o := range k.World.All(store.AccessPolicyType) {
				k.World.Drop(o)
			}
			return k.Kube.Delete(store.NamespaceType, "apps")
		}},
		{"a viewer who writes", kube.CallerMay, func(k *worldtest.KubeLab) error {
			return k.Operator("viewer", "AmazonEKSViewPolicy").Delete(store.NamespaceType, "apps")
		}},
		{"a viewer who reads a Secret", kube.CallerMay, func(k *worldtest.KubeLab) error {
			_, err := k.Operator("viewer", "AmazonEKSViewPolicy").Read(store.ReleaseType, "kube-system/"+store.ControllerOwner)
			return err
		}},
		{"an administrator of one namespace who writes in another", kube.CallerMay, func(k *worldtest.KubeLab) error {
			_, err := k.Operator("team", "AmazonEKSAdminPolicy", "team-*").Create(store.ConfigMapType, worldtest.Manifest("v1", "ConfigMap", "mine", nil))
			return err
		}},
		{"an editor who installs a chart", kube.CallerMay, func(k *worldtest.KubeLab) error {
			k.ControllerAccount()
			_, err := k.Operator("editor", "AmazonEKSEditPolicy").Create(store.ReleaseType, k.ReleaseInputs())
			return err
		}},
		{"a role of another partition in the kubeconfig", eks.KubeconfigExec, dialled(`"--output", "json"`, `"--output", "json", "--role-arn", "arn:aws-cn:iam::111122223333:role/ops"`)},
		{"a profile without access", eks.CallerAdmitted, dialled(`"command": "aws"`, `"command": "aws", "env": [{"name": "AWS_PROFILE", "value": "guest"}]`)},
		{"an operator outside the VPC of a private endpoint", eks.PrivateAnswers, func(k *worldtest.KubeLab) error {
			k.Private()
			k.World.Options.Outside = true
			return k.Dial(k.Kubeconfig()).Delete(store.NamespaceType, "apps")
		}},
		{"a role without access", eks.CallerAdmitted, dialled(`"--output", "json"`, `"--output", "json", "--role-arn", "arn:aws:iam::111122223333:role/guest"`)},
	}
}

func deletionRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"an object with a finalizer that no actor removes", kube.DeletionEnds, func(k *worldtest.KubeLab) error {
			m := worldtest.Edited(worldtest.Manifest("v1", "ConfigMap", "held", nil), "metadata.finalizers", []any{"example.com/hold"})
			k.Apply(store.ConfigMapType, m)
			return k.Kube.Delete(store.ConfigMapType, "default/held")
		}},
		{"a namespace with an object that remains", kube.DeletionEnds, func(k *worldtest.KubeLab) error {
			goingNamespace(k)
			return k.Kube.Delete(store.NamespaceType, "apps")
		}},
		{"the default namespace", kube.NamespaceKept, func(k *worldtest.KubeLab) error { return k.Kube.Delete(store.NamespaceType, "default") }},
	}
}

// released returns a call that installs the controller with one change of the release's inputs.
func released(path string, value any) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		return k.ControllerAccount().Create(store.ReleaseType, worldtest.Edited(k.ReleaseInputs(), path, value))
	}
}

func releaseRefusals() []kubeRefusal {
	schema := &chart.Chart{Metadata: &chart.Metadata{Name: "x", Version: "1.0.0", APIVersion: "v2"}, Values: map[string]any{},
		Schema: []byte(`{"properties": {"replicas": {"type": "integer"}}}`)}
	return []kubeRefusal{
		{"a chart that is not in the repository", helm.ChartFound, released("chart", "nginx")},
		{"another repository", helm.ChartFound, released("repositoryOpts.repo", "https://charts.example.com")},
		{"another version of the chart", helm.ChartVersion, released("version", "1.4.0")},
		{"the controller's version where the chart has another", helm.ChartVersion, released("version", "2.17.1")},
		{"a name that is taken", helm.ReleaseUnique, func(k *worldtest.KubeLab) error {
			return k.Controlled().Create(store.ReleaseType, k.ReleaseInputs())
		}},
		{"an upgrade after an interrupted one", helm.ReleasePending, func(k *worldtest.KubeLab) error {
			k.Controlled()
			k.World.InterruptRelease("kube-system/" + store.ControllerOwner)
			_, err := k.Kube.Update(store.ReleaseType, "kube-system/"+store.ControllerOwner, worldtest.Edited(k.ReleaseInputs(), "values.replicaCount", 1.0))
			return err
		}},
		{"a rollback of an install", helm.ReleaseRevision, func(k *worldtest.KubeLab) error {
			k.Controlled()
			return k.World.Run("helm rollback " + store.ControllerOwner + " --namespace kube-system")
		}},
		{"a malformed name", helm.ReleaseNamed, released("name", "My_Release")},
		{"a namespace that does not exist", helm.ReleaseNamespace, released("namespace", "controllers")},
		{"kinds that the cluster does not serve", helm.ReleaseKinds, released("values.enableCertManager", true)},
		{"custom resources without their definitions", helm.ReleaseKinds, released("skipCrds", true)},
		{"an object that exists already", helm.ReleaseOwns, released("values.serviceAccount.create", true)},
		{"a release whose pods do not run", helm.ReleaseReady, released("values.nodeSelector", map[string]any{"disk": "ssd"})},
		{"an atomic release whose pods do not run", helm.ReleaseAtomic, func(k *worldtest.KubeLab) error {
			k.ControllerAccount()
			in := worldtest.Edited(k.ReleaseInputs(), "atomic", true)
			return k.Create(store.ReleaseType, worldtest.Edited(in, "values.nodeSelector", map[string]any{"disk": "ssd"}))
		}},
		{"an unknown input", helm.ReleaseInputs, released("chartt", "x")},
		{"no cluster name", helm.ChartRenders, released("values.clusterName", "")},
		{"a value that breaks the YAML", helm.ChartParses, released("values.dnsPolicy", "a: b: c")},
		{"a tag that is a map in YAML", kube.Decodable, released("values.defaultTags", map[string]any{"owner": "team: billing"})},
		{"a tag that ends in a colon", kube.Decodable, released("values.defaultTags", map[string]any{"owner": "team:"})},
		{"values that the chart's schema refuses", helm.ValuesValid, func(*worldtest.KubeLab) error {
			_, err := helm.Render(schema, map[string]any{"replicas": "two"}, "x", "default", "1.35")
			return err
		}},
		{"a value that the chart does not have", helm.ValueKnown, released("values.clustername", "dev")},
		{"a nested value that the chart does not have", helm.ValueKnown, released("values.image.registry", "example.com")},
		{"a value of another type", helm.ValueTyped, released("values.replicaCount", "2")},
		{"a value that no field of Kubernetes accepts", kube.StrictFields, released("values.securityContext", map[string]any{"readOnly": true})},
		{"a value of a custom resource that its definition does not have", kube.CustomFields, released("values.ingressClassParams.spec", map[string]any{"schema": "internal"})},
		{"a value that the definition of a custom resource does not allow", kube.CustomValues, released("values.ingressClassParams.spec", map[string]any{"scheme": "inside"})},
	}
}

// balanced installs the controller with some values, and creates web and a Service of the controller's class.
func balanced(values map[string]any) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		k.ControllerAccount()
		in := k.ReleaseInputs()
		for key, value := range values {
			worldtest.With(in, "values."+key, value)
		}
		if err := k.Create(store.ReleaseType, in); err != nil {
			return err
		}
		k.Apply(store.DeploymentType, worldtest.Web())
		return k.Create(store.ServiceType, worldtest.NLB(nil))
	}
}

// lost creates a load balancer for web after the controller lost something.
func lost(lose func(*worldtest.KubeLab)) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		k.Controlled().Apply(store.DeploymentType, worldtest.Web())
		lose(k)
		return k.Create(store.ServiceType, worldtest.NLB(nil))
	}
}

func controllerRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a Service without the controller", lbc.ControllerInstalled, func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.NLB(nil))
		}},
		{"a controller without pods", lbc.ControllerRuns, lost(func(k *worldtest.KubeLab) {
			k.OnNodes(func(node *store.Object) { node.Set("spec.unschedulable", true) })
			for _, pod := range lbc.ControllerOf(k.World.Account, "dev").Pods() {
				kube.EndPod(k.World.Account, pod)
			}
		})},
		{"a controller without its definitions", lbc.ControllerDefinitions, func(k *worldtest.KubeLab) error {
			k.ControllerAccount()
			in := k.ReleaseInputs()
			worldtest.With(in, "values.createIngressClassResource", false)
			worldtest.With(in, "skipCrds", true)
			return k.Create(store.ReleaseType, in)
		}},
		{"a controller with an invalid value of a flag", lbc.ControllerFlags, released("values.defaultTargetType", "pods")},
		{"a controller without permissions", lbc.ControllerRights, released("values.rbac.create", false)},
		{"a controller without the setting of its VPC", lbc.ControllerMetadata, released("values.vpcId", "")},
		{"a controller with another VPC", lbc.ControllerPlace, balanced(map[string]any{"vpcId": "vpc-0123"})},
		{"a controller without a route to the internet", lbc.ControllerReaches, lost(func(k *worldtest.KubeLab) {
			k.Endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
			k.Must(k.Delete(store.RouteType, "to-nat"))
		})},
		{"a controller whose service account has no role", lbc.ControllerRole, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			account := store.Properties{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": store.ControllerOwner, "namespace": "kube-system"}}
			k.Must(k.Update(store.ServiceAccountType, "kube-system/"+store.ControllerOwner, account))
			return k.Create(store.ServiceType, worldtest.NLB(nil))
		}},
		{"a controller whose policy is detached", lbc.ControllerAllowed, lost(func(k *worldtest.KubeLab) { k.Must(k.Delete(store.AttachmentType, "lbc-attachment")) })},
		{"a controller whose OIDC provider is deleted", iam.WebIdentityProvider, lost(func(k *worldtest.KubeLab) { k.Must(k.Delete(store.OIDCType, "oidc")) })},
		{"a controller without DNS", kube.DNSRuns, lost(func(k *worldtest.KubeLab) {
			k.OnNodes(func(node *store.Object) { node.Set("spec.unschedulable", true) })
			for _, pod := range kube.ObjectsIn(k.World.Account, "dev", store.PodType, func(o *store.Object) bool { return kube.OwnerOf(o) == "coredns" }) {
				kube.EndPod(k.World.Account, pod)
			}
		})},
		{"a Service that is deleted after the controller's policy", lbc.ControllerAllowed, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.NLB(nil))
			k.Must(k.Delete(store.AttachmentType, "lbc-attachment"))
			return k.Kube.Delete(store.ServiceType, "default/web")
		}},
		{"a Service that is deleted after the controller", lbc.ControllerInstalled, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			k.Apply(store.ServiceType, worldtest.NLB(nil))
			k.Remove(store.ReleaseType, "kube-system/"+store.ControllerOwner)
			return k.Kube.Delete(store.ServiceType, "default/web")
		}},
	}
}

// annotated creates a Service of the controller's class with an annotation.
func annotated(pairs ...string) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		k.Controlled().Apply(store.DeploymentType, worldtest.Web())
		annotations := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			annotations["service.beta.kubernetes.io/"+pairs[i]] = pairs[i+1]
		}
		return k.Create(store.ServiceType, worldtest.NLB(annotations))
	}
}

func modelRefusals() []kubeRefusal {
	const prefix = "aws-load-balancer-"
	return []kubeRefusal{
		{"an unknown scheme", lbc.ServiceModelled, saying(`unknown scheme: public`, annotated(prefix+"scheme", "public"))},
		{"an unknown address type", lbc.ServiceModelled, saying(`unknown IPAddressType: ipv5`, annotated(prefix+"ip-address-type", "ipv5"))},
		{"a name that is too long", lbc.ServiceModelled, saying(`load balancer name cannot be longer than 32 characters`, annotated(prefix+"name", strings.Repeat("a", 33)))},
		{"proxy protocol for one port", lbc.ServiceModelled, saying(`invalid value 80 for Load Balancer proxy protocol v2 annotation, only value currently supported is *`, annotated(prefix+"proxy-protocol", "80"))},
		{"instance targets of a plain Service", lbc.ServiceModelled, saying(`unsupported service type "ClusterIP" for load balancer target type "instance"`, func(k *worldtest.KubeLab) error {
			k.Controlled()
			m := worldtest.Edited(worldtest.Service("web", "ClusterIP"), "metadata.annotations", map[string]any{ccm.ServicePrefixes + prefix + "type": "external", ccm.ServicePrefixes + prefix + "nlb-target-type": "instance"})
			s := kube.Live[corev1.Service](&store.Object{Outputs: m})
			_, _, err := lbc.ControllerOf(k.World.Account, "dev").ModelOfService(&s)
			return err
		})},
		{"instance targets without node ports", lbc.ServiceModelled, saying(`unable to support instance target type with an unallocated NodePort`, func(k *worldtest.KubeLab) error {
			k.Controlled().Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "spec.allocateLoadBalancerNodePorts", false))
		})},
		{"a health check of an unknown protocol", lbc.ServiceModelled, saying(`unsupported health check protocol ICMP`, annotated(prefix+"healthcheck-protocol", "ICMP"))},
		{"a health check of an unknown port", lbc.ServiceModelled, saying(`failed to resolve healthCheckPort: unable to find port admin on service default/web`, annotated(prefix+"healthcheck-port", "admin"))},
		{"TLS on a port that the Service lacks", lbc.ServiceModelled, saying(`Unused port in ssl-ports annotation [443]`, annotated(prefix+"ssl-ports", "443"))},
		{"an invalid number", lbc.ServiceModelled, saying(`failed to parse int32 annotation, service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval: often`, annotated(prefix+"healthcheck-interval", "often"))},
		{"attributes that are not pairs", lbc.ServiceModelled, saying(`failed to parse stringMap annotation, service.beta.kubernetes.io/aws-load-balancer-attributes: cross`, annotated(prefix+"attributes", "cross"))},
		{"Elastic IP addresses of an internal load balancer", lbc.ServiceModelled, saying(`EIP allocations can only be set for internet facing load balancers`, annotated(prefix+"eip-allocations", "eipalloc-1"))},
		{"one Elastic IP address for two subnets", lbc.ServiceModelled, saying(`count of EIP allocations (1) and subnets (2) must match`, annotated(prefix+"scheme", "internet-facing", prefix+"eip-allocations", "eipalloc-1"))},
		{"Elastic IP addresses that do not exist", elb.ElasticFree, annotated(prefix+"scheme", "internet-facing", prefix+"eip-allocations", "eipalloc-1,eipalloc-2")},
		{"IPv6 ranges of an IPv4 load balancer", lbc.ServiceModelled, saying(`unsupported v6 cidr 2001:db8::/32 when lb is not dualstack`, annotated("load-balancer-source-ranges", "2001:db8::/32"))},
		{"a security group that does not exist for the controller", ec2.GroupExists, annotated(prefix+"security-groups", "sg-1")},
		{"rules for a named group without the shared one", lbc.ServiceModelled, saying(`backendSG feature is required to manage worker node SG rules when frontendSG is manually specified`, func(k *worldtest.KubeLab) error {
			group := k.Make("front", store.SecurityGroupType, store.Properties{"name": "front", "vpcId": k.IDs["vpc"]})
			k.ControllerAccount()
			in := k.ReleaseInputs()
			worldtest.With(in, "values.enableBackendSecurityGroup", false)
			k.Apply(store.ReleaseType, in)
			k.Apply(store.DeploymentType, worldtest.Web())
			return k.Create(store.ServiceType, worldtest.NLB(map[string]any{"service.beta.kubernetes.io/" + prefix + "security-groups": group,
				"service.beta.kubernetes.io/" + prefix + "manage-backend-security-group-rules": "true"}))
		})},
		{"a load balancer that loses its security groups", lbc.ServiceModelled, saying(`conflicting security groups configuration`, func(k *worldtest.KubeLab) error {
			k.Must(annotated()(k))
			k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(map[string]any{"service.beta.kubernetes.io/" + prefix + "disable-nlb-sg": "true"})))
			return world.Balancing{}.LacksAddress(k.World.Account, k.World.Find("dev", store.ServiceType, "default/web"))
		})},
		{"a certificate that is not an ARN", elb.CertificateNamed, annotated(prefix+"ssl-cert", "web")},
		{"no subnet for a scheme", lbc.ServiceModelled, saying(`unable to resolve at least one subnet. Evaluated 2 subnets: 2 are tagged for other clusters, and 0 have insufficient available IP addresses`, func(k *worldtest.KubeLab) error {
			for _, name := range []string{"private-a", "private-b"} {
				k.Must(k.Change(store.SubnetType, k.IDs[name], store.Properties{"tags": map[string]any{"kubernetes.io/role/internal-elb": "1", "kubernetes.io/cluster/other": "owned"}}))
			}
			return annotated()(k)
		})},
		{"a subnet that does not exist for the controller", ec2.SubnetExists, annotated(prefix+"subnets", "subnet-1")},
		{"two subnets in one zone", lbc.ServiceModelled, saying(`multiple subnets in same Availability Zone ap-northeast-2a`, func(k *worldtest.KubeLab) error {
			return annotated(prefix+"subnets", k.IDs["private-a"]+","+k.IDs["public-a"])(k)
		})},
		{"a node with two tagged security groups", lbc.GroupTagged, func(k *worldtest.KubeLab) error {
			group := ec2.MakeSecurityGroup(k.World.Account, "extra", k.IDs["vpc"], "", map[string]any{"kubernetes.io/cluster/dev": "owned"})
			k.OnNodes(func(node *store.Object) {
				eni := ec2.PrimaryInterface(k.World.Account, node)
				eni.Set("securityGroups", append(eni.Outputs["securityGroups"].([]any), group.ID))
			})
			k.Controlled()
			_, err := lbc.ControllerOf(k.World.Account, "dev").GroupOf(ec2.PrimaryInterface(k.World.Account, node.ReadyNodes(k.World.Account, "dev")[0]))
			return err
		}},
		{"a load balancer with deletion protection that is deleted", lbc.ServiceModelled, saying(`deletion_protection is enabled, cannot delete the service: web`, func(k *worldtest.KubeLab) error {
			k.Must(annotated(prefix+"attributes", "deletion_protection.enabled=true")(k))
			return k.Kube.Delete(store.ServiceType, "default/web")
		})},
	}
}

func cloudRefusals() []kubeRefusal {
	classic := func(change func(store.Properties)) func(*worldtest.KubeLab) error {
		return func(k *worldtest.KubeLab) error {
			k.Apply(store.DeploymentType, worldtest.Web())
			m := worldtest.Service("clb", "LoadBalancer")
			change(m)
			return k.Create(store.ServiceType, m)
		}
	}
	annotate := func(key, value string) func(store.Properties) {
		return func(m store.Properties) {
			worldtest.Edited(m, "metadata.annotations", map[string]any{"service.beta.kubernetes.io/aws-load-balancer-" + key: value})
		}
	}
	return []kubeRefusal{
		{"a cluster role without its policy", ccm.CloudAllowed, func(k *worldtest.KubeLab) error {
			k.Must(k.Delete(store.AttachmentType, "cluster-role AmazonEKSClusterPolicy"))
			return classic(func(store.Properties) {})(k)
		}},
		{"a Classic Load Balancer that is deleted after the cluster role's policy", ccm.CloudAllowed, func(k *worldtest.KubeLab) error {
			k.Must(classic(func(store.Properties) {})(k))
			k.Must(k.Delete(store.AttachmentType, "cluster-role AmazonEKSClusterPolicy"))
			return k.Kube.Delete(store.ServiceType, "default/clb")
		}},
		{"no subnet for a Classic Load Balancer", ccm.CloudSubnets, func(k *worldtest.KubeLab) error {
			for _, subnet := range k.World.All(store.SubnetType) {
				subnet.Set("tags", map[string]any{"kubernetes.io/cluster/other": "owned"})
			}
			return classic(func(store.Properties) {})(k)
		}},
		{"a Classic Load Balancer for UDP", ccm.CloudProtocols, classic(func(m store.Properties) {
			worldtest.Edited(m, "spec.ports", []any{map[string]any{"port": 53.0, "protocol": "UDP"}})
		})},
		{"a tag of a Classic Load Balancer with two =", ccm.CloudTags, classic(annotate("additional-resource-tags", "cost=a=b"))},
		{"proxy protocol for one port", ccm.CloudProxyKnown, classic(annotate("proxy-protocol", "80"))},
		{"TLS to the backends without a certificate", ccm.CloudCertificates, classic(annotate("backend-protocol", "ssl"))},
		{"an instance with two tagged security groups", ccm.CloudGroupTagged, func(k *worldtest.KubeLab) error {
			group := ec2.MakeSecurityGroup(k.World.Account, "extra", k.IDs["vpc"], "", map[string]any{"kubernetes.io/cluster/dev": "owned"})
			k.OnNodes(func(node *store.Object) {
				eni := ec2.PrimaryInterface(k.World.Account, node)
				eni.Set("securityGroups", append(eni.Outputs["securityGroups"].([]any), group.ID))
			})
			return classic(func(store.Properties) {})(k)
		}},
	}
}

func webhookRefusals() []kubeRefusal {
	mutating := func(k *worldtest.KubeLab) {
		k.ControllerAccount()
		in := k.ReleaseInputs()
		worldtest.With(in, "values.enableServiceMutatorWebhook", true)
		k.Apply(store.ReleaseType, in)
		k.Apply(store.DeploymentType, worldtest.Web())
	}
	return []kubeRefusal{
		{"any Service while the mutator has no pod", kube.WebhookServed, func(k *worldtest.KubeLab) error {
			mutating(k)
			k.OnNodes(func(node *store.Object) { node.Set("spec.unschedulable", true) })
			for _, pod := range lbc.ControllerOf(k.World.Account, "dev").Pods() {
				kube.EndPod(k.World.Account, pod)
			}
			return k.Create(store.ServiceType, worldtest.Service("plain", "ClusterIP"))
		}},
		{"any Service while the webhook's port is closed", kube.WebhookReached, func(k *worldtest.KubeLab) error {
			mutating(k)
			group := k.Make("closed", store.SecurityGroupType, store.Properties{"name": "closed", "vpcId": k.IDs["vpc"]})
			k.OnNodes(func(node *store.Object) {
				ec2.PrimaryInterface(k.World.Account, node).Set("securityGroups", []any{group})
			})
			return k.Create(store.ServiceType, worldtest.Service("plain", "ClusterIP"))
		}},
	}
}
