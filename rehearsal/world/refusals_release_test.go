package world

import (
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	corev1 "k8s.io/api/core/v1"
)

func clientRefusals() []kubeRefusal {
	// dialled reads an object with a kubeconfig in which a text is replaced.
	dialled := func(old, replacement string) func(*kubeLab) error {
		return func(k *kubeLab) error {
			text := k.kubeconfig()
			if !strings.Contains(text, old) {
				k.t.Fatalf("the kubeconfig has no %s", old)
			}
			client, err := k.world.Kubernetes(strings.Replace(text, old, replacement, 1))
			if err != nil {
				return err
			}
			_, err = client.Create(namespaceType, manifest("v1", "Namespace", "apps", nil))
			return err
		}
	}
	return []kubeRefusal{
		{"a kubeconfig with an unknown field", kubeconfigReads, dialled(`"kind"`, `"kinds"`)},
		{"a kubeconfig without its context", kubeconfigReads, dialled(`"current-context": "aws"`, `"current-context": "gcp"`)},
		{"a kubeconfig without its user", kubeconfigReads, dialled(`"user": "aws"`, `"user": "gcp"`)},
		{"a kubeconfig of another tool", kubeconfigExec, dialled(`"command": "aws"`, `"command": "gcloud"`)},
		{"a kubeconfig with another command", kubeconfigExec, dialled(`"get-token"`, `"list-clusters"`)},
		{"a kubeconfig without a region", kubeconfigExec, dialled(`"--region", "ap-northeast-2", `, ``)},
		{"a kubeconfig of a cluster that does not exist", tokenCluster, dialled(`"dev"`, `"prod"`)},
		{"a kubeconfig of another region", tokenRegion, dialled(`"--region", "ap-northeast-2"`, `"--region", "us-east-1"`)},
		{"a kubeconfig with another server", serverKnown, dialled(`"server": "https://`, `"server": "https://old.`)},
		{"a kubeconfig with another authority", authorityKnown, dialled(`"certificate-authority-data": "`, `"certificate-authority-data": "b2xk`)},
		{"a caller whose access entry is deleted", callerAdmitted, func(k *kubeLab) error {
			for _, o := range k.world.all(accessEntryType) {
				k.world.drop(o)
			}
			return k.kube.Delete(namespaceType, "apps")
		}},
		{"a caller whose access policy is disassociated", callerMay, func(k *kubeLab) error {
			for _, o := range k.world.all(accessPolicyType) {
				k.world.drop(o)
			}
			return k.kube.Delete(namespaceType, "apps")
		}},
		{"a viewer who writes", callerMay, func(k *kubeLab) error {
			return k.operator("viewer", "AmazonEKSViewPolicy").Delete(namespaceType, "apps")
		}},
		{"a viewer who reads a Secret", callerMay, func(k *kubeLab) error {
			_, err := k.operator("viewer", "AmazonEKSViewPolicy").Read(releaseType, "kube-system/"+controllerOwner)
			return err
		}},
		{"an administrator of one namespace who writes in another", callerMay, func(k *kubeLab) error {
			_, err := k.operator("team", "AmazonEKSAdminPolicy", "team-*").Create(configMapType, manifest("v1", "ConfigMap", "mine", nil))
			return err
		}},
		{"an editor who installs a chart", callerMay, func(k *kubeLab) error {
			k.controllerAccount()
			_, err := k.operator("editor", "AmazonEKSEditPolicy").Create(releaseType, k.releaseInputs())
			return err
		}},
		{"a role of another partition in the kubeconfig", kubeconfigExec, dialled(`"--output", "json"`, `"--output", "json", "--role-arn", "arn:aws-cn:iam::111122223333:role/ops"`)},
		{"a profile without access", callerAdmitted, dialled(`"command": "aws"`, `"command": "aws", "env": [{"name": "AWS_PROFILE", "value": "guest"}]`)},
		{"an operator outside the VPC of a private endpoint", privateAnswers, func(k *kubeLab) error {
			k.private()
			k.world.options.Outside = true
			return k.dial(k.kubeconfig()).Delete(namespaceType, "apps")
		}},
		{"a role without access", callerAdmitted, dialled(`"--output", "json"`, `"--output", "json", "--role-arn", "arn:aws:iam::111122223333:role/guest"`)},
	}
}

func deletionRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"an object with a finalizer that no actor removes", deletionEnds, func(k *kubeLab) error {
			m := edited(manifest("v1", "ConfigMap", "held", nil), "metadata.finalizers", []any{"example.com/hold"})
			k.apply(configMapType, m)
			return k.kube.Delete(configMapType, "default/held")
		}},
		{"a namespace with an object that remains", deletionEnds, func(k *kubeLab) error {
			k.goingNamespace()
			return k.kube.Delete(namespaceType, "apps")
		}},
		{"the default namespace", namespaceKept, func(k *kubeLab) error { return k.kube.Delete(namespaceType, "default") }},
	}
}

// released returns a call that installs the controller with one change of the release's inputs.
func released(path string, value any) func(*kubeLab) error {
	return func(k *kubeLab) error {
		return k.controllerAccount().create(releaseType, edited(k.releaseInputs(), path, value))
	}
}

func releaseRefusals() []kubeRefusal {
	schema := &chart.Chart{Metadata: &chart.Metadata{Name: "x", Version: "1.0.0", APIVersion: "v2"}, Values: map[string]any{},
		Schema: []byte(`{"properties": {"replicas": {"type": "integer"}}}`)}
	return []kubeRefusal{
		{"a chart that is not in the repository", chartFound, released("chart", "nginx")},
		{"another repository", chartFound, released("repositoryOpts.repo", "https://charts.example.com")},
		{"another version of the chart", chartVersion, released("version", "1.4.0")},
		{"the controller's version where the chart has another", chartVersion, released("version", "2.17.1")},
		{"a name that is taken", releaseUnique, func(k *kubeLab) error {
			return k.controlled().create(releaseType, k.releaseInputs())
		}},
		{"an upgrade after an interrupted one", releasePending, func(k *kubeLab) error {
			k.controlled()
			k.world.InterruptRelease("kube-system/" + controllerOwner)
			_, err := k.kube.Update(releaseType, "kube-system/"+controllerOwner, edited(k.releaseInputs(), "values.replicaCount", 1.0))
			return err
		}},
		{"a rollback of an install", releaseRevision, func(k *kubeLab) error {
			k.controlled()
			return k.world.Run("helm rollback " + controllerOwner + " --namespace kube-system")
		}},
		{"a malformed name", releaseNamed, released("name", "My_Release")},
		{"a namespace that does not exist", releaseNamespace, released("namespace", "controllers")},
		{"kinds that the cluster does not serve", releaseKinds, released("values.enableCertManager", true)},
		{"custom resources without their definitions", releaseKinds, released("skipCrds", true)},
		{"an object that exists already", releaseOwns, released("values.serviceAccount.create", true)},
		{"a release whose pods do not run", releaseReady, released("values.nodeSelector", map[string]any{"disk": "ssd"})},
		{"an atomic release whose pods do not run", releaseAtomic, func(k *kubeLab) error {
			k.controllerAccount()
			in := edited(k.releaseInputs(), "atomic", true)
			return k.create(releaseType, edited(in, "values.nodeSelector", map[string]any{"disk": "ssd"}))
		}},
		{"an unknown input", releaseInputs, released("chartt", "x")},
		{"no cluster name", chartRenders, released("values.clusterName", "")},
		{"a value that breaks the YAML", chartParses, released("values.dnsPolicy", "a: b: c")},
		{"a tag that is a map in YAML", decodable, released("values.defaultTags", map[string]any{"owner": "team: billing"})},
		{"a tag that ends in a colon", decodable, released("values.defaultTags", map[string]any{"owner": "team:"})},
		{"values that the chart's schema refuses", valuesValid, func(*kubeLab) error {
			_, err := render(schema, map[string]any{"replicas": "two"}, "x", "default", "1.35")
			return err
		}},
		{"a value that the chart does not have", valueKnown, released("values.clustername", "dev")},
		{"a nested value that the chart does not have", valueKnown, released("values.image.registry", "example.com")},
		{"a value of another type", valueTyped, released("values.replicaCount", "2")},
		{"a value that no field of Kubernetes accepts", strictFields, released("values.securityContext", map[string]any{"readOnly": true})},
		{"a value of a custom resource that its definition does not have", customFields, released("values.ingressClassParams.spec", map[string]any{"schema": "internal"})},
		{"a value that the definition of a custom resource does not allow", customValues, released("values.ingressClassParams.spec", map[string]any{"scheme": "inside"})},
	}
}

// balanced installs the controller with some values, and creates web and a Service of the controller's class.
func balanced(values map[string]any) func(*kubeLab) error {
	return func(k *kubeLab) error {
		k.controllerAccount()
		in := k.releaseInputs()
		for key, value := range values {
			with(in, "values."+key, value)
		}
		if err := k.create(releaseType, in); err != nil {
			return err
		}
		k.apply(deploymentType, web())
		return k.create(serviceType, nlb(nil))
	}
}

// lost creates a load balancer for web after the controller lost something.
func lost(lose func(*kubeLab)) func(*kubeLab) error {
	return func(k *kubeLab) error {
		k.controlled().apply(deploymentType, web())
		lose(k)
		return k.create(serviceType, nlb(nil))
	}
}

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func controllerRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"a Service without the controller", controllerInstalled, func(k *kubeLab) error {
			k.apply(deploymentType, web())
			return k.create(serviceType, nlb(nil))
		}},
		{"a controller without pods", controllerRuns, lost(func(k *kubeLab) {
			k.onNodes(func(node *Object) { node.set("spec.unschedulable", true) })
			for _, pod := range k.world.controllerOf("dev").pods() {
				k.world.endPod(pod)
			}
		})},
		{"a controller without its definitions", controllerDefinitions, func(k *kubeLab) error {
			k.controllerAccount()
			in := k.releaseInputs()
			with(in, "values.createIngressClassResource", false)
			with(in, "skipCrds", true)
			return k.create(releaseType, in)
		}},
		{"a controller with an invalid value of a flag", controllerFlags, released("values.defaultTargetType", "pods")},
		{"a controller without permissions", controllerRights, released("values.rbac.create", false)},
		{"a controller without the setting of its VPC", controllerMetadata, released("values.vpcId", "")},
		{"a controller with another VPC", controllerPlace, balanced(map[string]any{"vpcId": "vpc-0123"})},
		{"a controller without a route to the internet", controllerReaches, lost(func(k *kubeLab) {
			k.endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
			k.must(k.delete(routeType, "to-nat"))
		})},
		{"a controller whose service account has no role", controllerRole, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			account := Properties{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"name": controllerOwner, "namespace": "kube-system"}}
			k.must(k.update(serviceAccountType, "kube-system/"+controllerOwner, account))
			return k.create(serviceType, nlb(nil))
		}},
		{"a controller whose policy is detached", controllerAllowed, lost(func(k *kubeLab) { k.must(k.delete(attachmentType, "lbc-attachment")) })},
		{"a controller whose OIDC provider is deleted", webIdentityProvider, lost(func(k *kubeLab) { k.must(k.delete(oidcType, "oidc")) })},
		{"a controller without DNS", dnsRuns, lost(func(k *kubeLab) {
			k.onNodes(func(node *Object) { node.set("spec.unschedulable", true) })
			for _, pod := range k.world.in("dev", podType, func(o *Object) bool { return ownerOf(o) == "coredns" }) {
				k.world.endPod(pod)
			}
		})},
		{"a Service that is deleted after the controller's policy", controllerAllowed, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			k.apply(serviceType, nlb(nil))
			k.must(k.delete(attachmentType, "lbc-attachment"))
			return k.kube.Delete(serviceType, "default/web")
		}},
		{"a Service that is deleted after the controller", controllerInstalled, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			k.apply(serviceType, nlb(nil))
			k.remove(releaseType, "kube-system/"+controllerOwner)
			return k.kube.Delete(serviceType, "default/web")
		}},
	}
}

// annotated creates a Service of the controller's class with an annotation.
func annotated(pairs ...string) func(*kubeLab) error {
	return func(k *kubeLab) error {
		k.controlled().apply(deploymentType, web())
		annotations := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			annotations["service.beta.kubernetes.io/"+pairs[i]] = pairs[i+1]
		}
		return k.create(serviceType, nlb(annotations))
	}
}

func modelRefusals() []kubeRefusal {
	const prefix = "aws-load-balancer-"
	return []kubeRefusal{
		{"an unknown scheme", serviceModelled, saying(`unknown scheme: public`, annotated(prefix+"scheme", "public"))},
		{"an unknown address type", serviceModelled, saying(`unknown IPAddressType: ipv5`, annotated(prefix+"ip-address-type", "ipv5"))},
		{"a name that is too long", serviceModelled, saying(`load balancer name cannot be longer than 32 characters`, annotated(prefix+"name", strings.Repeat("a", 33)))},
		{"proxy protocol for one port", serviceModelled, saying(`invalid value 80 for Load Balancer proxy protocol v2 annotation, only value currently supported is *`, annotated(prefix+"proxy-protocol", "80"))},
		{"instance targets of a plain Service", serviceModelled, saying(`unsupported service type "ClusterIP" for load balancer target type "instance"`, func(k *kubeLab) error {
			k.controlled()
			m := edited(service("web", "ClusterIP"), "metadata.annotations", map[string]any{servicePrefixes + prefix + "type": "external", servicePrefixes + prefix + "nlb-target-type": "instance"})
			s := live[corev1.Service](&Object{Outputs: m})
			_, _, err := k.world.controllerOf("dev").modelOfService(&s)
			return err
		})},
		{"instance targets without node ports", serviceModelled, saying(`unable to support instance target type with an unallocated NodePort`, func(k *kubeLab) error {
			k.controlled().apply(deploymentType, web())
			return k.create(serviceType, edited(nlb(nil), "spec.allocateLoadBalancerNodePorts", false))
		})},
		{"a health check of an unknown protocol", serviceModelled, saying(`unsupported health check protocol ICMP`, annotated(prefix+"healthcheck-protocol", "ICMP"))},
		{"a health check of an unknown port", serviceModelled, saying(`failed to resolve healthCheckPort: unable to find port admin on service default/web`, annotated(prefix+"healthcheck-port", "admin"))},
		{"TLS on a port that the Service lacks", serviceModelled, saying(`Unused port in ssl-ports annotation [443]`, annotated(prefix+"ssl-ports", "443"))},
		{"an invalid number", serviceModelled, saying(`failed to parse int32 annotation, service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval: often`, annotated(prefix+"healthcheck-interval", "often"))},
		{"attributes that are not pairs", serviceModelled, saying(`failed to parse stringMap annotation, service.beta.kubernetes.io/aws-load-balancer-attributes: cross`, annotated(prefix+"attributes", "cross"))},
		{"Elastic IP addresses of an internal load balancer", serviceModelled, saying(`EIP allocations can only be set for internet facing load balancers`, annotated(prefix+"eip-allocations", "eipalloc-1"))},
		{"one Elastic IP address for two subnets", serviceModelled, saying(`count of EIP allocations (1) and subnets (2) must match`, annotated(prefix+"scheme", "internet-facing", prefix+"eip-allocations", "eipalloc-1"))},
		{"Elastic IP addresses that do not exist", elasticFree, annotated(prefix+"scheme", "internet-facing", prefix+"eip-allocations", "eipalloc-1,eipalloc-2")},
		{"IPv6 ranges of an IPv4 load balancer", serviceModelled, saying(`unsupported v6 cidr 2001:db8::/32 when lb is not dualstack`, annotated("load-balancer-source-ranges", "2001:db8::/32"))},
		{"a security group that does not exist for the controller", groupExists, annotated(prefix+"security-groups", "sg-1")},
		{"rules for a named group without the shared one", serviceModelled, saying(`backendSG feature is required to manage worker node SG rules when frontendSG is manually specified`, func(k *kubeLab) error {
			group := k.make("front", securityGroupType, Properties{"name": "front", "vpcId": k.ids["vpc"]})
			k.controllerAccount()
			in := k.releaseInputs()
			with(in, "values.enableBackendSecurityGroup", false)
			k.apply(releaseType, in)
			k.apply(deploymentType, web())
			return k.create(serviceType, nlb(map[string]any{"service.beta.kubernetes.io/" + prefix + "security-groups": group,
				"service.beta.kubernetes.io/" + prefix + "manage-backend-security-group-rules": "true"}))
		})},
		{"a load balancer that loses its security groups", serviceModelled, saying(`conflicting security groups configuration`, func(k *kubeLab) error {
			k.must(annotated()(k))
			k.must(k.update(serviceType, "default/web", nlb(map[string]any{"service.beta.kubernetes.io/" + prefix + "disable-nlb-sg": "true"})))
			return k.world.unaddressed(k.world.find("dev", serviceType, "default/web"))
		})},
		{"a certificate that is not an ARN", certificateNamed, annotated(prefix+"ssl-cert", "web")},
		{"no subnet for a scheme", serviceModelled, saying(`unable to resolve at least one subnet. Evaluated 2 subnets: 2 are tagged for other clusters, and 0 have insufficient available IP addresses`, func(k *kubeLab) error {
			for _, name := range []string{"private-a", "private-b"} {
				k.must(k.change(subnetType, k.ids[name], Properties{"tags": map[string]any{"kubernetes.io/role/internal-elb": "1", "kubernetes.io/cluster/other": "owned"}}))
			}
			return annotated()(k)
		})},
		{"a subnet that does not exist for the controller", subnetExists, annotated(prefix+"subnets", "subnet-1")},
		{"two subnets in one zone", serviceModelled, saying(`multiple subnets in same Availability Zone ap-northeast-2a`, func(k *kubeLab) error {
			return annotated(prefix+"subnets", k.ids["private-a"]+","+k.ids["public-a"])(k)
		})},
		{"a node with two tagged security groups", groupTagged, func(k *kubeLab) error {
			group := k.world.makeGroup("extra", k.ids["vpc"], "", map[string]any{"kubernetes.io/cluster/dev": "owned"})
			k.onNodes(func(node *Object) {
				eni := k.world.interfaceOf(node)
				eni.set("securityGroups", append(eni.Outputs["securityGroups"].([]any), group.ID))
			})
			k.controlled()
			_, err := k.world.controllerOf("dev").groupOf(k.world.interfaceOf(k.world.readyNodes("dev")[0]))
			return err
		}},
		{"a load balancer with deletion protection that is deleted", serviceModelled, saying(`deletion_protection is enabled, cannot delete the service: web`, func(k *kubeLab) error {
			k.must(annotated(prefix+"attributes", "deletion_protection.enabled=true")(k))
			return k.kube.Delete(serviceType, "default/web")
		})},
	}
}

func cloudRefusals() []kubeRefusal {
	classic := func(change func(Properties)) func(*kubeLab) error {
		return func(k *kubeLab) error {
			k.apply(deploymentType, web())
			m := service("clb", "LoadBalancer")
			change(m)
			return k.create(serviceType, m)
		}
	}
	annotate := func(key, value string) func(Properties) {
		return func(m Properties) {
			edited(m, "metadata.annotations", map[string]any{"service.beta.kubernetes.io/aws-load-balancer-" + key: value})
		}
	}
	return []kubeRefusal{
		{"a cluster role without its policy", cloudAllowed, func(k *kubeLab) error {
			k.must(k.delete(attachmentType, "cluster-role AmazonEKSClusterPolicy"))
			return classic(func(Properties) {})(k)
		}},
		{"a Classic Load Balancer that is deleted after the cluster role's policy", cloudAllowed, func(k *kubeLab) error {
			k.must(classic(func(Properties) {})(k))
			k.must(k.delete(attachmentType, "cluster-role AmazonEKSClusterPolicy"))
			return k.kube.Delete(serviceType, "default/clb")
		}},
		{"no subnet for a Classic Load Balancer", cloudSubnets, func(k *kubeLab) error {
			for _, subnet := range k.world.all(subnetType) {
				subnet.set("tags", map[string]any{"kubernetes.io/cluster/other": "owned"})
			}
			return classic(func(Properties) {})(k)
		}},
		{"a Classic Load Balancer for UDP", cloudProtocols, classic(func(m Properties) {
			edited(m, "spec.ports", []any{map[string]any{"port": 53.0, "protocol": "UDP"}})
		})},
		{"a tag of a Classic Load Balancer with two =", cloudTags, classic(annotate("additional-resource-tags", "cost=a=b"))},
		{"proxy protocol for one port", cloudProxyKnown, classic(annotate("proxy-protocol", "80"))},
		{"TLS to the backends without a certificate", cloudCertificates, classic(annotate("backend-protocol", "ssl"))},
		{"an instance with two tagged security groups", cloudGroupTagged, func(k *kubeLab) error {
			group := k.world.makeGroup("extra", k.ids["vpc"], "", map[string]any{"kubernetes.io/cluster/dev": "owned"})
			k.onNodes(func(node *Object) {
				eni := k.world.interfaceOf(node)
				eni.set("securityGroups", append(eni.Outputs["securityGroups"].([]any), group.ID))
			})
			return classic(func(Properties) {})(k)
		}},
	}
}

func webhookRefusals() []kubeRefusal {
	mutating := func(k *kubeLab) {
		k.controllerAccount()
		in := k.releaseInputs()
		with(in, "values.enableServiceMutatorWebhook", true)
		k.apply(releaseType, in)
		k.apply(deploymentType, web())
	}
	return []kubeRefusal{
		{"any Service while the mutator has no pod", webhookServed, func(k *kubeLab) error {
			mutating(k)
			k.onNodes(func(node *Object) { node.set("spec.unschedulable", true) })
			for _, pod := range k.world.controllerOf("dev").pods() {
				k.world.endPod(pod)
			}
			return k.create(serviceType, service("plain", "ClusterIP"))
		}},
		{"any Service while the webhook's port is closed", webhookReached, func(k *kubeLab) error {
			mutating(k)
			group := k.make("closed", securityGroupType, Properties{"name": "closed", "vpcId": k.ids["vpc"]})
			k.onNodes(func(node *Object) { k.world.interfaceOf(node).set("securityGroups", []any{group}) })
			return k.create(serviceType, service("plain", "ClusterIP"))
		}},
	}
}
