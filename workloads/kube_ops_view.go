package workloads

import (
	rbacv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/rbac/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

// kubeOpsView is a page that shows the nodes and pods of the cluster. It lists both, and their metrics if
// metrics-server serves them, every few seconds (codeberg.org/hjacobs/kube-ops-view, deploy/rbac.yaml and
// deploy/deployment.yaml).
var kubeOpsView = app{
	name:      "kube-ops-view",
	image:     config.KubeOpsViewImage,
	pods:      runAs(1000),
	container: unprivileged,
	rights: rbacv1.PolicyRuleArray{
		&rbacv1.PolicyRuleArgs{ApiGroups: words(""), Resources: words("nodes", "pods"), Verbs: words("list")},
		&rbacv1.PolicyRuleArgs{ApiGroups: words("metrics.k8s.io"), Resources: words("nodes", "pods"), Verbs: words("get", "list")},
	},
}

func words(all ...string) pulumi.StringArray { return pulumi.ToStringArray(all) }
