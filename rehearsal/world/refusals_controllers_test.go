package world_test

import (
	"eksnet/rehearsal/world/cnimetrics"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/externaldns"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// namesRemain returns a call that deletes the last step of ExternalDNS, which is installed with some values, after a
// change and after a Service with a name.
func namesRemain(values map[string]any, change func(*worldtest.KubeLab)) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		k.Controlled().Named(values)
		k.Apply(store.DeploymentType, worldtest.Web())
		k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com"))
		change(k)
		k.Remove(store.ServiceType, "default/web")
		return k.Kube.Delete(store.ReleaseType, worldtest.TeardownRelease)
	}
}

// unsent returns a call that sends metrics after a change.
func unsent(change func(*worldtest.KubeLab)) func(*worldtest.KubeLab) error {
	return func(k *worldtest.KubeLab) error {
		helper := k.MetricsHelper()
		change(k)
		return cnimetrics.Send(k.World.Account, helper)
	}
}

func controllerProgramRefusals() []kubeRefusal {
	nothing := func(*worldtest.KubeLab) {}
	account := func(k *worldtest.KubeLab) {
		k.Must(k.Update(store.ServiceAccountType, "external-dns/external-dns", store.Properties{"apiVersion": "v1", "kind": "ServiceAccount",
			"metadata": map[string]any{"name": "external-dns", "namespace": "external-dns"}}))
	}
	upgraded := func(path string, value any) func(k *worldtest.KubeLab) {
		return func(k *worldtest.KubeLab) {
			k.Must(k.Update(store.ReleaseType, worldtest.ExternalDNSRelease, worldtest.Edited(worldtest.ExternalDNSInputs(), "values."+path, value)))
		}
	}
	named := func(k *worldtest.KubeLab) error {
		k.Controlled().Named(nil)
		k.Apply(store.DeploymentType, worldtest.Web())
		k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com"))
		return k.Kube.Delete(store.ReleaseType, worldtest.TeardownRelease)
	}
	return []kubeRefusal{
		{"a release whose hook fails", helm.HookSucceeds, named},
		{"the last step of ExternalDNS before objects with names", externaldns.RecordsGone, named},
		{"the last step of ExternalDNS without its policy", externaldns.RecordsListed, namesRemain(nil, func(k *worldtest.KubeLab) { k.Must(k.Delete(store.AttachmentType, "external-dns-teardown-attachment")) })},
		{"the last step of ExternalDNS without a pod of ExternalDNS", podclient.ProgramRuns, namesRemain(nil, upgraded("replicaCount", 0.0))},
		{"ExternalDNS without permissions", podclient.ProgramReads, namesRemain(nil, upgraded("rbac", map[string]any{"create": false}))},
		{"ExternalDNS without a role", podclient.ProgramRole, namesRemain(nil, account)},
		{"ExternalDNS whose policy is detached", podclient.ProgramAllowed, namesRemain(nil, func(k *worldtest.KubeLab) { k.Must(k.Delete(store.AttachmentType, "external-dns-attachment")) })},
		{"ExternalDNS with another policy than sync", externaldns.PolicySync, namesRemain(map[string]any{"policy": "upsert-only"}, nothing)},
		{"ExternalDNS whose zones are not found any more", externaldns.ZonesFound, namesRemain(nil, upgraded("extraArgs", map[string]any{"zone-id-filter": []any{"Z9"}}))},
		{"a CNI metrics helper without a route to CloudWatch", podclient.ProgramReaches, unsent(func(k *worldtest.KubeLab) {
			k.Endpoints("ec2", "ecr.api", "ecr.dkr", "sts")
			k.Must(k.Delete(store.RouteType, "to-nat"))
		})},
		{"a CNI metrics helper without the cluster's name", cnimetrics.HelperMetadata, func(k *worldtest.KubeLab) error {
			k.RoleAccount("kube-system", "cni-metrics-helper", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"}]}`)
			return k.Create(store.ReleaseType, worldtest.Edited(worldtest.MetricsHelperInputs(), "values.env", map[string]any{"AWS_CLUSTER_ID": ""}))
		}},
		{"metrics of the CNI that the control plane cannot read", cnimetrics.HelperReads, unsent(func(k *worldtest.KubeLab) {
			group := k.Make("closed", store.SecurityGroupType, store.Properties{"name": "closed", "vpcId": k.IDs["vpc"]})
			k.OnNodes(func(node *store.Object) {
				ec2.PrimaryInterface(k.World.Account, node).Set("securityGroups", []any{group})
			})
		})},
	}
}
