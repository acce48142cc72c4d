package cluster

import (
	"encoding/base64"
	"fmt"
)

// userData is what an AL2023 node is told at its first start: a NodeConfig for nodeadm in the multipart form that EKS merges its
// own into (docs.aws.amazon.com/eks/latest/userguide/launch-templates.html, awslabs.github.io/amazon-eks-ami/nodeadm). Cluster, labels and
// taints come from EKS. Pods get a moment to end when a node is taken away. The result is in base64.
func userData(maxPods int) string {
	limit := ""
	if maxPods > 0 {
		limit = fmt.Sprintf("      maxPods: %d\n", maxPods)
	}
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, nodeConfig, limit))
}

const nodeConfig = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      shutdownGracePeriod: 45s
      shutdownGracePeriodCriticalPods: 15s
%s
--//--
`
