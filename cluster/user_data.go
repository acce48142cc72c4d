package cluster

import (
	"encoding/base64"
	"fmt"
	"strings"

	"eksnet/config"
)

// userData is what a node is told at its first start, in base64: the stack's own settings in the form of its AMI's family. EKS merges
// cluster, labels and taints into it (docs.aws.amazon.com/eks/latest/userguide/launch-templates.html). Pods get a moment to end when a node
// is taken away; 0 pods leave their number to EKS. It is "" where the image's own settings are right.
func userData(ami, version string, maxPods int) string {
	text := nodeConfig(version, maxPods)
	if config.Bottlerocket(ami) {
		text = settings(maxPods)
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}

// nodeConfig is for AL2023: a NodeConfig of nodeadm in a multipart message (awslabs.github.io/amazon-eks-ami/nodeadm). From Kubernetes 1.34
// on the image gives pods 150 seconds to end itself, 30 of them to critical ones (github.com/awslabs/amazon-eks-ami/pull/2390).
func nodeConfig(version string, maxPods int) string {
	var kubelet string
	if version == "1.33" {
		kubelet = "      shutdownGracePeriod: 45s\n      shutdownGracePeriodCriticalPods: 15s\n"
	}
	if maxPods > 0 {
		kubelet += fmt.Sprintf("      maxPods: %d\n", maxPods)
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

// settings are for Bottlerocket: plain TOML with bare keys, as far as EKS reads it
// (bottlerocket.dev/en/os/latest/api/settings/kubernetes).
func settings(maxPods int) string {
	lines := []string{
		"[settings.kubernetes]",
		`shutdown-grace-period = "45s"`,
		`shutdown-grace-period-for-critical-pods = "15s"`,
	}
	if maxPods > 0 {
		lines = append(lines, fmt.Sprintf("max-pods = %d", maxPods))
	}
	return strings.Join(lines, "\n") + "\n"
}
