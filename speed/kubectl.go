package speed

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Kubectl is a cluster that the program kubectl reaches.
type Kubectl struct {
	// Program is the path of kubectl, "" for the one on PATH.
	Program string
	// Kubeconfig and Context are its options --kubeconfig and --context, "" for its defaults.
	Kubeconfig, Context string
}

// object is what is read of Kubernetes objects of any kind.
type object struct {
	Metadata struct {
		Name              string            `json:"name"`
		Labels            map[string]string `json:"labels"`
		DeletionTimestamp string            `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec struct {
		NodeName  string `json:"nodeName"`
		ClusterIP string `json:"clusterIP"`
	} `json:"spec"`
	Status struct {
		PodIP      string      `json:"podIP"`
		Conditions []condition `json:"conditions"`
	} `json:"status"`
}

// condition is one in the status of an object.
type condition struct {
	Type   string `json:"type"`
	Status string `json:"status"`
}

// isReady reports whether a pod is ready and not being deleted.
func (o object) isReady() bool {
	return o.Metadata.DeletionTimestamp == "" && slices.Contains(o.Status.Conditions, condition{"Ready", "True"})
}

// Pods implements Cluster.
func (k Kubectl) Pods(ctx context.Context, namespace string) ([]Pod, error) {
	pods, err := k.list(ctx, "get", "pods", "--namespace", namespace)
	if err != nil {
		return nil, err
	}
	nodes, err := k.list(ctx, "get", "nodes")
	if err != nil {
		return nil, err
	}
	labels := map[string]map[string]string{}
	for _, node := range nodes {
		labels[node.Metadata.Name] = node.Metadata.Labels
	}
	var all []Pod
	for _, pod := range pods {
		node := labels[pod.Spec.NodeName]
		all = append(all, Pod{Name: pod.Metadata.Name, Address: pod.Status.PodIP, Node: pod.Spec.NodeName, App: pod.Metadata.Labels["app.kubernetes.io/name"],
			Zone: node["topology.kubernetes.io/zone"], Type: node["node.kubernetes.io/instance-type"], Ready: pod.isReady()})
	}
	return all, nil
}

// ServiceAddress implements Cluster.
func (k Kubectl) ServiceAddress(ctx context.Context, namespace, name string) (string, error) {
	output, err := k.run(ctx, "get", "service", "--namespace", namespace, name, "--output", "json")
	if err != nil {
		return "", err
	}
	var service object
	if err := json.Unmarshal(output, &service); err != nil {
		return "", fmt.Errorf("kubectl get service: %w", err)
	}
	return service.Spec.ClusterIP, nil
}

// Run implements Cluster.
func (k Kubectl) Run(ctx context.Context, namespace, pod string, command []string) ([]byte, error) {
	return k.run(ctx, append([]string{"exec", "--namespace", namespace, pod, "--"}, command...)...)
}

// list returns the objects that kubectl prints.
func (k Kubectl) list(ctx context.Context, arguments ...string) ([]object, error) {
	output, err := k.run(ctx, append(arguments, "--output", "json")...)
	if err != nil {
		return nil, err
	}
	var found struct {
		Items []object `json:"items"`
	}
	if err := json.Unmarshal(output, &found); err != nil {
		return nil, fmt.Errorf("kubectl %s: %w", strings.Join(arguments, " "), err)
	}
	return found.Items, nil
}

// run returns the standard output of kubectl. The error has the last line that it complains with.
func (k Kubectl) run(ctx context.Context, arguments ...string) ([]byte, error) {
	var global []string
	if k.Kubeconfig != "" {
		global = append(global, "--kubeconfig="+k.Kubeconfig)
	}
	if k.Context != "" {
		global = append(global, "--context="+k.Context)
	}
	command := exec.CommandContext(ctx, cmp.Or(k.Program, "kubectl"), append(global, arguments...)...)
	command.WaitDelay = time.Second // an interrupted kubectl may leave its credential helper
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	switch {
	case ctx.Err() != nil:
		return output, ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("kubectl is not on PATH; install it (kubernetes.io/docs/tasks/tools), in the version of the cluster or one next to it")
	case err != nil:
		said := strings.TrimSpace(complaints.String())
		return output, fmt.Errorf("kubectl %s: %s", strings.Join(arguments[:min(len(arguments), 4)], " "), lastLine(said, err))
	}
	return output, nil
}

// lastLine returns the last line of what a command says, or its error if it says nothing.
func lastLine(said string, err error) string {
	if said == "" {
		return err.Error()
	}
	return said[strings.LastIndexByte(said, '\n')+1:]
}
