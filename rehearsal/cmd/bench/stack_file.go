package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mix are the kinds of the workloads, in turn: about 7 resources a workload, and load balancers within AWS's default quotas (20 CLBs,
// 50 NLBs, 50 ALBs) up to mostWorkloads. The ALB workloads of one turn share an ALB.
var mix = strings.Fields("nlb alb alb netshoot alb alb clb alb alb nlb alb alb netshoot alb alb")

// mostWorkloads is the number of workloads that has 20 CLBs.
const mostWorkloads = 300

// workloadsPerNode keeps the pods of the mix within the CPUs that a node has for pods.
const workloadsPerNode = 12

const stackFile = `config:
  aws:region: ap-northeast-2
  aws:allowedAccountIds: ["000000000000"]
  eksnet:network:
    zones: [ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]
  eksnet:cluster:
    name: bench
    endpoint: {private: true, public: true, publicCidrs: [203.0.113.0/24]}
    admins: [arn:aws:iam::000000000000:role/platform-admin]
  eksnet:nodeGroups:
    general: {instanceTypes: [m7g.large], scaling: {min: 2, desired: %d, max: %d}}
  eksnet:workloads:
%s`

// content is a stack file with some workloads.
func content(workloads int) string {
	var lines strings.Builder
	for i := range workloads {
		options := ""
		if kind := mix[i%len(mix)]; kind == "alb" {
			options = fmt.Sprintf(", group: shared-%d, paths: [/web-%d]", i/len(mix), i)
		}
		fmt.Fprintf(&lines, "    web-%d: {kind: %s%s}\n", i, mix[i%len(mix)], options)
	}
	nodes := max(3, (workloads+workloadsPerNode-1)/workloadsPerNode)
	return fmt.Sprintf(stackFile, nodes, 2*nodes, lines.String())
}

// stackName is that of a stack with some workloads.
func stackName(workloads int) string { return fmt.Sprint("bench-", workloads) }

// writeProject fills a folder with the checkout's project and a stack file for each size.
func writeProject(root, dir string, sizes []int) error {
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), project, 0o644); err != nil {
		return err
	}
	for _, size := range sizes {
		file := filepath.Join(dir, "Pulumi."+stackName(size)+".yaml")
		if err := os.WriteFile(file, []byte(content(size)), 0o644); err != nil {
			return err
		}
	}
	return nil
}
