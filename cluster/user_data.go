package cluster

import (
	"encoding/base64"
	"fmt"
	"strings"

	"eksnet/config"
)

// userData returns a node's user data in base64: the stack's settings in the format of the AMI family. EKS merges
// cluster name, labels and taints into it (docs.aws.amazon.com/eks/latest/userguide/launch-templates.html). Pods get
// time to terminate when their node shuts down; maxPods 0 leaves the number of pods to EKS. The result is "" if the
// image's own settings suffice.
func userData(group config.NodeGroup, version string, maxPods int) string {
	own := kubeletMaps(group.Kubelet)
	text := nodeConfig(version, maxPods, own)
	if config.Bottlerocket(group.AMI) {
		text = bottlerocketSettings(maxPods, own)
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}

// nodeConfig returns the user data of AL2023: a NodeConfig of nodeadm in a multipart message
// (awslabs.github.io/amazon-eks-ami/nodeadm). From Kubernetes 1.34 on the image itself gives pods 150 seconds to
// terminate, 30 of them for critical ones (github.com/awslabs/amazon-eks-ami/pull/2390).
func nodeConfig(version string, maxPods int, own []kubeletMap) string {
	var kubelet string
	if version == "1.33" {
		kubelet = "      shutdownGracePeriod: 45s\n      shutdownGracePeriodCriticalPods: 15s\n"
	}
	if maxPods > 0 {
		kubelet += fmt.Sprintf("      maxPods: %d\n", maxPods)
	}
	for _, m := range own {
		kubelet += m.yaml("      ")
	}
	if kubelet == "" {
		return ""
	}
	return fmt.Sprintf(`MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
%s
--//--
`, kubelet)
}

// bottlerocketSettings returns the user data of Bottlerocket: TOML with bare keys in headers, the part that EKS reads
// (bottlerocket.dev/en/os/latest/api/settings/kubernetes; docs.aws.amazon.com/eks/latest/userguide/launch-templates.html).
func bottlerocketSettings(maxPods int, own []kubeletMap) string {
	lines := []string{
		"[settings.kubernetes]",
		`shutdown-grace-period = "45s"`,
		`shutdown-grace-period-for-critical-pods = "15s"`,
	}
	if maxPods > 0 {
		lines = append(lines, fmt.Sprintf("max-pods = %d", maxPods))
	}
	for _, m := range own {
		lines = append(append(lines, ""), m.toml()...)
	}
	return strings.Join(lines, "\n") + "\n"
}
