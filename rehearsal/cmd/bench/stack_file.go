package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// workloadKinds are the kinds of the workloads, repeated: about 7 resources for a workload, and load balancers within
// AWS's default quotas (20 CLBs, 50 NLBs, 50 ALBs) up to mostWorkloads. The ALB workloads of one repetition share an
// ALB.
var workloadKinds = strings.Fields("nlb alb alb netshoot alb alb clb alb alb nlb alb alb netshoot alb alb")

// mostWorkloads is the number of workloads with 20 CLBs.
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

// stackFileContent returns a stack file with a number of workloads.
func stackFileContent(workloads int) string {
	var lines strings.Builder
	for i := range workloads {
		options := ""
		if kind := workloadKinds[i%len(workloadKinds)]; kind == "alb" {
			options = fmt.Sprintf(", group: shared-%d, paths: [/web-%d]", i/len(workloadKinds), i)
		}
		fmt.Fprintf(&lines, "    web-%d: {kind: %s%s}\n", i, workloadKinds[i%len(workloadKinds)], options)
	}
	nodes := max(3, (workloads+workloadsPerNode-1)/workloadsPerNode)
	return fmt.Sprintf(stackFile, nodes, 2*nodes, lines.String())
}

// stackName returns the name of the stack with a number of workloads.
func stackName(workloads int) string { return fmt.Sprint("bench-", workloads) }

// writeProject copies the project into a folder, with a stack file for each size.
func writeProject(root, dir string, sizes ...int) error {
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "Pulumi.yaml"), project, 0o644); err != nil {
		return err
	}
	for _, size := range sizes {
		file := filepath.Join(dir, "Pulumi."+stackName(size)+".yaml")
		if err := os.WriteFile(file, []byte(stackFileContent(size)), 0o644); err != nil {
			return err
		}
	}
	return nil
}
