// Package cnimetrics simulates the CNI metrics helper.
package cnimetrics

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/store"
)

const helperSource = "https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.2/cmd/cni-metrics-helper/"

// metricsPort is the port of a node on which the VPC CNI serves its metrics (its README.md).
const metricsPort = 61678

// image is the name of the program's image in each registry.
const image = "cni-metrics-helper"

var (
	HelperMetadata = store.NewRule("the CNI metrics helper has the cluster's name from its environment, or the tags of its instance",
		`Failed to create publisher: publisher: unable to obtain EC2 service client: operation error ec2imds: request canceled, context deadline exceeded: set AWS_CLUSTER_ID, the hop limit of %s is %d`,
		helperSource+"main.go")
	HelperReads = store.NewRule("the control plane reaches the metrics of the VPC CNI on each node",
		`grabMetricsFromTarget: Failed to grab CNI endpoint: error trying to reach service: dial tcp: i/o timeout: the control plane has no way to port %d of node %s`,
		helperSource+"README.md")
)

// CheckStart refuses to start a pod of the helper that would exit at once. Other pods start.
func CheckStart(w *store.Account, node *store.Object, spec *corev1.PodSpec) error {
	if len(spec.Containers) == 0 || kube.ImageName(spec.Containers[0].Image) != image {
		return nil
	}
	hops := nodepkg.HopLimit(w, node)
	return HelperMetadata.When(environment(spec, "AWS_CLUSTER_ID") == "" && hops < 2, kube.Name(node), hops)
}

func environment(spec *corev1.PodSpec, name string) string {
	for _, variable := range spec.Containers[0].Env {
		if variable.Name == name {
			return variable.Value
		}
	}
	return ""
}

// Problems returns why helpers send no metrics, or not those of all nodes.
func Problems(w *store.Account) (lines []string) {
	for _, o := range w.All(store.DeploymentType, func(o *store.Object) bool { return podclient.ImageNamed(o, image) }) {
		if err := Send(w, o); err != nil {
			lines = append(lines, fmt.Sprintf("%s: no metrics of the VPC CNI: %v", kube.Name(o), err))
		}
	}
	return lines
}

// Send returns why the helper of a Deployment cannot read the metrics of each node and send them to CloudWatch, nil if
// it can.
func Send(w *store.Account, deployment *store.Object) error {
	program, err := podclient.Running(w, "the CNI metrics helper", deployment)
	if err != nil {
		return err
	}
	// The list and watch of its cache of pods, and the metrics through the API server.
	if err := program.CheckRights(kube.Access{Verb: "list", Resource: "pods"}, kube.Access{Verb: "watch", Resource: "pods"}, kube.Access{Verb: "get", Resource: "pods/proxy"}); err != nil {
		return err
	}
	for _, node := range kube.ObjectsIn(w, deployment.Cluster, store.NodeType) {
		reached := eks.ControlPlaneReaches(w, deployment.Cluster, node, metricsPort)
		if err := HelperReads.When(!reached, metricsPort, kube.Name(node)); err != nil {
			return err
		}
	}
	return store.First(
		program.CheckConnection("monitoring", "monitoring."+w.Region+"."+w.Partition().DNSSuffix),
		program.CheckAllowed("cloudwatch:PutMetricData", "*", iam.Facts{"cloudwatch:namespace": {"Kubernetes"}}))
}
