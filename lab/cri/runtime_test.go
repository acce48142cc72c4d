package cri

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func TestAnImageWithoutProgramIsNotPulledAndTheErrorSaysWhy(t *testing.T) {
	n := startNode(t)
	unknown := &api.ImageSpec{Image: "registry.example.com/other:2"}
	_, err := n.PullImage(t.Context(), &api.PullImageRequest{Image: unknown})
	const want = `image "registry.example.com/other:2" has no program in the lab; accepted: ` + image
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Error(err)
	}
	absent, err := n.ImageStatus(t.Context(), &api.ImageStatusRequest{Image: unknown})
	if err != nil || absent.Image != nil {
		t.Error(absent, err)
	}
	for _, name := range []string{image, imageID(image)} {
		present, err := n.ImageStatus(t.Context(), &api.ImageStatusRequest{Image: &api.ImageSpec{Image: name}})
		if err != nil || present.Image.GetId() != imageID(image) || present.Image.RepoTags[0] != image {
			t.Error(present, err)
		}
	}
	all, err := n.ListImages(t.Context(), &api.ListImagesRequest{})
	if err != nil || len(all.Images) != 1 {
		t.Error(all, err)
	}
}

func TestAPodHasTheAddressThatTheNetworkAssigned(t *testing.T) {
	n := startNode(t)
	id := n.runPod(n.newPod("addressed"))
	got, err := n.PodSandboxStatus(t.Context(), &api.PodSandboxStatusRequest{PodSandboxId: id})
	if err != nil || got.Status.Network.Ip != "10.0.1.7" || got.Status.State != api.PodSandboxState_SANDBOX_READY {
		t.Error(got, err)
	}
	network, ok := n.runtime.Sandbox("default", "addressed")
	if !ok || string(network) != filepath.Join(n.runtime.folder(id), "network") {
		t.Error(network, ok)
	}
	if _, err := n.StopPodSandbox(t.Context(), &api.StopPodSandboxRequest{PodSandboxId: id}); err != nil {
		t.Fatal(err)
	}
	if _, ok := n.runtime.Sandbox("default", "addressed"); ok {
		t.Error("a stopped pod has a network")
	}
}

func TestKernelParametersAreThePods(t *testing.T) {
	n := startNode(t)
	const path = "/proc/sys/net/ipv4/ip_unprivileged_port_start"
	config := n.newPod("parameters")
	config.Linux = &api.LinuxPodSandboxConfig{Sysctls: map[string]string{"net.ipv4.ip_unprivileged_port_start": "79"}}
	status := n.waitForEnd(n.start(n.runPod(config), newContainer("cat "+path)))
	if got := n.printed(status.LogPath); got != "79\n" {
		t.Errorf("%q", got)
	}
	n.check("other", newContainer("cat "+path), "1024\n")
	config.Linux.Sysctls = map[string]string{"net.no.such": "1"}
	_, err := n.RunPodSandbox(t.Context(), &api.RunPodSandboxRequest{Config: config})
	if !errorContains(err, "sysctl net.no.such=1 of the pod") {
		t.Error(err)
	}
}

func TestStoppingAPodEndsItsContainers(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("stopped"))
	id := n.start(pod, newSleeper())
	if _, err := n.StopPodSandbox(t.Context(), &api.StopPodSandboxRequest{PodSandboxId: pod}); err != nil {
		t.Fatal(err)
	}
	if status := n.status(id); status.State != api.ContainerState_CONTAINER_EXITED || status.ExitCode != 137 {
		t.Error(status)
	}
	again := n.create(pod, newContainer("exit"))
	_, err := n.StartContainer(t.Context(), &api.StartContainerRequest{ContainerId: again})
	if !errorContains(err, "is stopped") {
		t.Error(err)
	}
}

func TestAPodThatCannotBeConnectedLeavesNothing(t *testing.T) {
	n := startNode(t)
	before := countMounts(t)
	n.pods.failure = errors.New("no free address on the node")
	_, err := n.RunPodSandbox(t.Context(), &api.RunPodSandboxRequest{Config: n.newPod("unconnected")})
	if err == nil || !strings.Contains(err.Error(), "network of pod default/unconnected: no free address on the node") {
		t.Error(err)
	}
	entries, err := os.ReadDir(n.runtime.options.Dir)
	if err != nil || len(entries) > 0 || len(n.pods.connected) > 0 || countMounts(t) != before {
		t.Error(entries, err, n.pods.connected, before, countMounts(t))
	}
}

func errorContains(err error, text string) bool {
	return err != nil && strings.Contains(err.Error(), text)
}

func TestAPodThatCannotBeDisconnectedIsKeptForTheNextTry(t *testing.T) {
	n := startNode(t)
	n.pods.failure, n.pods.remains = errors.New("no free address"), errors.New("the address cannot be returned")
	_, err := n.RunPodSandbox(t.Context(), &api.RunPodSandboxRequest{Config: n.newPod("kept")})
	if !errorContains(err, "no free address") || !errorContains(err, "cannot be returned") {
		t.Error(err)
	}
	list, err := n.ListPodSandbox(t.Context(), &api.ListPodSandboxRequest{})
	if err != nil || len(list.Items) != 1 || list.Items[0].State != api.PodSandboxState_SANDBOX_NOTREADY {
		t.Fatal(list, err)
	}
	remove := &api.RemovePodSandboxRequest{PodSandboxId: list.Items[0].Id}
	if _, err := n.RemovePodSandbox(t.Context(), remove); err == nil {
		t.Error("a pod that is connected was removed")
	}
	n.pods.remains = nil
	if _, err := n.RemovePodSandbox(t.Context(), remove); err != nil || len(n.pods.connected) > 0 {
		t.Error(err, n.pods.connected)
	}
}

func TestAPodWithHostNetworkIsInTheNodesNetwork(t *testing.T) {
	n := startNode(t)
	config := n.newPod("host")
	config.Hostname = "" // as the kubelet does
	config.Linux = inNamespacesOf(&api.NamespaceOption{
		Network: api.NamespaceMode_NODE, Pid: api.NamespaceMode_CONTAINER, Ipc: api.NamespaceMode_NODE})
	pod := n.runPod(config)
	if len(n.pods.connected) > 0 {
		t.Error("it was connected")
	}
	var node unix.Stat_t
	if err := unix.Stat(string(n.runtime.options.Network), &node); err != nil {
		t.Fatal(err)
	}
	id := n.start(pod, newSleeper())
	got := n.exec(id, "stat", "-Lc", "%i", "/proc/1/ns/net")
	if strings.TrimSpace(string(got.Stdout)) != strconv.FormatUint(node.Ino, 10) {
		t.Errorf("%s, not %d", got.Stdout, node.Ino)
	}
	if got := n.exec(id, "hostname"); string(got.Stdout) != "node-1\n" {
		t.Errorf("hostname %q, not the node's", got.Stdout)
	}
	if _, err := n.RemovePodSandbox(t.Context(), &api.RemovePodSandboxRequest{PodSandboxId: pod}); err != nil {
		t.Fatal(err)
	}
	if err := n.runtime.options.Network.Do(func() error { return nil }); err != nil {
		t.Error(err)
	}
}

// inNamespacesOf returns the configuration of a pod with namespace options.
func inNamespacesOf(options *api.NamespaceOption) *api.LinuxPodSandboxConfig {
	return &api.LinuxPodSandboxConfig{SecurityContext: &api.LinuxSandboxSecurityContext{NamespaceOptions: options}}
}

func TestPodsWithUnsupportedNamespacesAreRefused(t *testing.T) {
	n := startNode(t)
	for word, options := range map[string]*api.NamespaceOption{
		"hostPID":                 {Pid: api.NamespaceMode_NODE},
		"shareProcessNamespace":   {Pid: api.NamespaceMode_POD},
		"hostUsers: false is not": {Pid: api.NamespaceMode_CONTAINER, UsernsOptions: &api.UserNamespace{}},
	} {
		config := n.newPod("refused")
		config.Linux = inNamespacesOf(options)
		_, err := n.RunPodSandbox(t.Context(), &api.RunPodSandboxRequest{Config: config})
		if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), word) {
			t.Error(err)
		}
	}
}

func TestAKubeletThatStartsAgainFindsWhatRuns(t *testing.T) {
	n := startNode(t)
	first, second := n.runPod(n.newPod("first")), n.runPod(n.newPod("second"))
	running, created := n.start(first, newSleeper()), n.create(second, newContainer("exit"))
	selector := &api.PodSandboxFilter{LabelSelector: map[string]string{"app": "first"}}
	pods, err := n.ListPodSandbox(t.Context(), &api.ListPodSandboxRequest{Filter: selector})
	if err != nil || len(pods.Items) != 1 {
		t.Fatal(pods, err)
	}
	if pod := pods.Items[0]; pod.Id != first || pod.Annotations["of"] != "first" || pod.Metadata.Uid != "uid-first" {
		t.Error(pod)
	}
	for name, filter := range map[string]*api.ContainerFilter{
		"by state":  {State: &api.ContainerStateValue{State: api.ContainerState_CONTAINER_RUNNING}},
		"by pod":    {PodSandboxId: first},
		"by id":     {Id: running},
		"by labels": {Id: running, LabelSelector: map[string]string{"container": "main"}},
	} {
		got, err := n.ListContainers(t.Context(), &api.ListContainersRequest{Filter: filter})
		if err != nil || len(got.Containers) != 1 {
			t.Fatal(name, got, err)
		}
		if c := got.Containers[0]; c.Id != running || c.PodSandboxId != first {
			t.Error(name, got)
		}
	}
	all, err := n.ListContainers(t.Context(), &api.ListContainersRequest{})
	if err != nil || len(all.Containers) != 2 {
		t.Error(all, err)
	}
	if _, err := n.RemoveContainer(t.Context(), &api.RemoveContainerRequest{ContainerId: created}); err != nil {
		t.Error(err)
	}
	_, err = n.ContainerStatus(t.Context(), &api.ContainerStatusRequest{ContainerId: created})
	if status.Code(err) != codes.NotFound {
		t.Error(err)
	}
}

func TestAContainerCanBeInThePIDNamespaceOfAnother(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("debugged"))
	target := n.start(pod, newSleeper())
	config := newContainer("cat /proc/1/comm; readlink /proc/self")
	config.LogPath = "debugger"
	config.Linux = &api.LinuxContainerConfig{SecurityContext: &api.LinuxContainerSecurityContext{
		NamespaceOptions: &api.NamespaceOption{Pid: api.NamespaceMode_TARGET, TargetId: target}}}
	got := n.printed(n.waitForEnd(n.start(pod, config)).LogPath)
	if !strings.HasPrefix(got, "sleep\n") || strings.HasPrefix(got, "sleep\n1\n") {
		t.Errorf("%q", got)
	}
}

func TestStopEndsEverything(t *testing.T) {
	before := 0
	if noNamespaces == nil {
		before = countMounts(t)
	}
	n := startNode(t)
	n.start(n.runPod(n.newPod("runs")), newContainer("trap '' TERM; sleep 9753.13579; :"))
	if err := n.runtime.Stop(); err != nil {
		t.Error(err)
	}
	if isRunning("9753.13579") {
		t.Error("the container runs")
	}
	if after := countMounts(t); after != before+1 { // the node's network
		t.Errorf("%d mounts before, %d after", before, after)
	}
	entries, err := os.ReadDir(n.folder)
	if err != nil || len(entries) != 3 { // the logs too, which are the kubelet's
		t.Error(entries, err)
	}
	if entries, err := os.ReadDir(n.runtime.options.Dir); err != nil || len(entries) > 0 {
		t.Error(entries, err)
	}
}
