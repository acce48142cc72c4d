package cri

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	api "k8s.io/cri-api/pkg/apis/runtime/v1"

	"eksnet/lab/process"
)

func TestAContainerSeesItsPodsHostnameNetworkAndResolver(t *testing.T) {
	n := startNode(t)
	n.check("web-0", newContainer(`hostname; cat /etc/hostname /etc/resolv.conf
echo $$; ls /proc/sys/net/ipv4/conf; echo $PATH $HOME $HOSTNAME; pwd`), `web-0
web-0
search default.svc.cluster.local cluster.local
nameserver 172.20.0.10
options ndots:5
1
all
default
lo
/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /root web-0
/
`)
}

func TestAContainerHasTheFilesFoldersAndEnvironmentOfItsImage(t *testing.T) {
	n := startNode(t)
	config := newContainer(`cat /etc/tool/words /usr/share/tool/words
echo; echo x > /etc/default/file; cat /etc/default/file; /tool linked
echo > /var/lib/tool/file && ls /var/lib/tool; echo $OF $BOTH`)
	config.Envs = []*api.KeyValue{{Key: "BOTH", Value: "pod"}}
	n.check("files", config, "helloshared\nx\nlinked\nfile\nimage pod\n")
	config.Command = nil
	n.check("default", config, "default\n")
	config.Args = []string{"echo arguments"}
	n.check("arguments", config, "arguments\n")
}

func TestAContainerCannotChangeThisMachine(t *testing.T) {
	n := startNode(t)
	n.check("writes", newContainer(`for f in /etc /usr /tmp /run /var/log /root; do
echo x > $f/eksnet-cri-test && cat $f/eksnet-cri-test; done
rm /etc/passwd && echo removed
[ -e /work ] || [ -e /boot ] || echo hidden`), strings.Repeat("x\n", 6)+"removed\nhidden\n")
	for _, folder := range []string{"/etc", "/usr", "/tmp", "/run", "/var/log", "/root"} {
		if _, err := os.Stat(filepath.Join(folder, "eksnet-cri-test")); err == nil {
			t.Errorf("a file of the container is in %s", folder)
		}
	}
	if _, err := os.Stat("/etc/passwd"); err != nil {
		t.Error(err)
	}
}

func TestAReadOnlyRootAllowsWritesOnlyToVolumes(t *testing.T) {
	n := startNode(t)
	config := newContainer(`for f in / /etc /usr /tmp /run /var/lib/tool; do
echo x 2>/dev/null > $f/file && echo wrote $f; done; echo x > /data/file && cat /data/file`)
	config.Linux = &api.LinuxContainerConfig{SecurityContext: &api.LinuxContainerSecurityContext{ReadonlyRootfs: true}}
	config.Mounts = []*api.Mount{{HostPath: t.TempDir(), ContainerPath: "/data"}}
	n.check("read-only", config, "x\n")
}

func TestVolumesAreAtTheirPaths(t *testing.T) {
	n := startNode(t)
	outer, inner, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "log")
	contents := map[string]string{filepath.Join(outer, "a"): "outer\n", filepath.Join(inner, "b"): "inner\n", file: ""}
	for path, content := range contents {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	config := newContainer(`cat /data/a /data/nested/b /usr/share/eksnet-cri-test/inner/b
cat /var/run/secrets/a /run/secrets/a
echo x > /data/nested/c; echo x 2>/dev/null > /var/run/secrets/c || echo read-only
echo message > /dev/termination-log`)
	config.Mounts = []*api.Mount{
		{HostPath: inner, ContainerPath: "/usr/share/eksnet-cri-test/inner"},
		{HostPath: inner, ContainerPath: "/data/nested"}, {HostPath: outer, ContainerPath: "/data"},
		{HostPath: outer, ContainerPath: "/var/run/secrets", Readonly: true},
		{HostPath: file, ContainerPath: "/dev/termination-log"},
	}
	n.check("volumes", config, "outer\ninner\ninner\nouter\nouter\nread-only\n")
	if content, _ := os.ReadFile(file); string(content) != "message\n" {
		t.Errorf("the termination message is %q", content)
	}
	if _, err := os.Stat(filepath.Join(inner, "c")); err != nil {
		t.Error(err)
	}
}

func TestTheStatusHasTheExitCodeAndTheReason(t *testing.T) {
	n := startNode(t)
	for script, want := range map[string]struct {
		code   int32
		reason string
	}{"exit 0": {0, "Completed"}, "exit 3": {3, "Error"}, "sh -c 'kill -9 $PPID'; exec sh -c 'exit 4'": {4, "Error"}} {
		before := time.Now().UnixNano()
		status, _ := n.run("exits", newContainer(script))
		if status.ExitCode != want.code || status.Reason != want.reason {
			t.Errorf("%s: %v", script, status)
		}
		if status.StartedAt < before || status.FinishedAt < status.StartedAt {
			t.Errorf("started at %d, finished at %d", status.StartedAt, status.FinishedAt)
		}
		if status.ImageRef != imageID(image) || status.Image.Image != image {
			t.Errorf("image %v, %v", status.Image, status.ImageRef)
		}
	}
}

func TestAProgramThatDoesNotExistIsAnErrorOfTheStart(t *testing.T) {
	n := startNode(t)
	config := newContainer("")
	config.Command = []string{"no-such-program"}
	id := n.create(n.runPod(n.newPod("typo")), config)
	_, err := n.StartContainer(t.Context(), &api.StartContainerRequest{ContainerId: id})
	if err == nil || !strings.Contains(err.Error(), `exec: "no-such-program": executable file not found in $PATH`) {
		t.Error(err)
	}
	status := n.status(id)
	if status.State != api.ContainerState_CONTAINER_EXITED || status.ExitCode != 128 || status.Reason != "StartError" {
		t.Error(status)
	}
}

func TestAContainerGetsTheStopSignalAndTheGracePeriod(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("graceful"))
	const script = `trap 'echo got $s; exit 5' TERM; trap 's=USR1; echo got $s; exit 6' USR1
sleep 100 & echo ready; while :; do wait; done`
	for name, want := range map[string]int32{"SIGTERM": 5, "SIGUSR1": 6} {
		config := newContainer(script)
		config.LogPath = name
		if config.StopSignal = api.Signal(api.Signal_value[name]); name == "SIGTERM" {
			config.StopSignal = api.Signal_RUNTIME_DEFAULT
		}
		id := n.start(pod, config)
		n.waitForOutput(n.status(id).LogPath, "ready\n")
		if _, err := n.StopContainer(t.Context(), &api.StopContainerRequest{ContainerId: id, Timeout: 20}); err != nil {
			t.Fatal(err)
		}
		if status := n.status(id); status.ExitCode != want {
			t.Errorf("%s: %v", name, status)
		}
	}
}

func TestAContainerThatIgnoresTheStopSignalIsKilledWithItsProcesses(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("stubborn"))
	id := n.start(pod, newContainer(`trap '' TERM; setsid sleep 8642.97531 & echo ready; wait`))
	n.waitForOutput(n.status(id).LogPath, "ready\n")
	began := time.Now()
	if _, err := n.StopContainer(t.Context(), &api.StopContainerRequest{ContainerId: id, Timeout: 1}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < time.Second || took > 10*time.Second {
		t.Errorf("stopped after %s", took)
	}
	if status := n.status(id); status.ExitCode != 137 || status.Reason != "Error" {
		t.Error(status)
	}
	if isRunning("8642.97531") {
		t.Error("a process of the container runs on")
	}
}

// waitForOutput waits until a log has these lines.
func (n *node) waitForOutput(log, lines string) {
	n.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(n.printed(log), lines) {
			return
		}
	}
	n.Fatalf("the log has %q, not %q", n.printed(log), lines)
}

// isRunning reports whether a process has a word in its arguments.
func isRunning(word string) bool {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		if content, _ := os.ReadFile(path); strings.Contains(string(content), word) {
			return true
		}
	}
	return false
}

func TestTheLogHasTheFormatThatKubeletsRead(t *testing.T) {
	n := startNode(t)
	status, _ := n.run("log", newContainer(`echo one; sleep 0.05; echo two >&2; sleep 0.05
head -c 20000 /dev/zero | tr '\0' x; echo; printf end`))
	content, err := os.ReadFile(status.LogPath)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(content)) {
		written, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if _, err := time.Parse(time.RFC3339Nano, written); err != nil {
			t.Error(err)
		}
		got = append(got, rest)
	}
	want := []string{"stdout F one", "stderr F two", "stdout P " + strings.Repeat("x", 16384),
		"stdout F " + strings.Repeat("x", 20000-16384), "stdout P end"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
}

func TestAContainerWritesToANewLogAfterRotation(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("rotated"))
	id := n.start(pod, newContainer(`echo before; while [ ! -e /tmp/go ]; do sleep 0.02; done; echo after`))
	log := n.status(id).LogPath
	n.waitForOutput(log, "before\n")
	if err := os.Rename(log, log+".1"); err != nil {
		t.Fatal(err)
	}
	if _, err := n.ReopenContainerLog(t.Context(), &api.ReopenContainerLogRequest{ContainerId: id}); err != nil {
		t.Fatal(err)
	}
	n.exec(id, "touch", "/tmp/go")
	n.waitForEnd(id)
	if before, after := n.printed(log+".1"), n.printed(log); before != "before\n" || after != "after\n" {
		t.Errorf("%q, %q", before, after)
	}
}

func TestAContainerRunsAsItsUserWithItsCapabilitiesOnly(t *testing.T) {
	n := startNode(t)
	security := &api.LinuxContainerSecurityContext{
		RunAsUser: &api.Int64Value{Value: 65534}, RunAsGroup: &api.Int64Value{Value: 1000},
		SupplementalGroups: []int64{2000}, NoNewPrivs: true,
		Capabilities: &api.Capability{DropCapabilities: []string{"ALL"}, AddCapabilities: []string{"NET_BIND_SERVICE"}},
	}
	config := newContainer(`id -u; id -g; id -G
grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status; echo x > /dev/stdout`)
	config.Linux = &api.LinuxContainerConfig{SecurityContext: security}
	want := "65534\n1000\n1000 2000\nCapEff:\t0000000000000000\nCapBnd:\t0000000000000400\nNoNewPrivs:\t1\nx\n"
	single, err := process.HasOneUser()
	if err != nil {
		t.Fatal(err)
	}
	if single {
		config.Command[2] = strings.Replace(config.Command[2], "id -u; id -g; id -G", "id -u", 1)
		want = "0\nCapEff:\t0000000000000400\nCapBnd:\t0000000000000400\nNoNewPrivs:\t1\nx\n"
	}
	n.check("user", config, want)
}

func TestProgramsThatGiveUpRootRunInAUserNamespaceWithOneID(t *testing.T) {
	n := startNode(t)
	if single, _ := process.HasOneUser(); !single {
		t.Skip("this user namespace has more IDs: run the test as another user than root")
	}
	n.check("gives-up", newContainer(`touch /tmp/f && chown 101:101 /tmp/f &&
setpriv --reuid=101 --regid=101 --clear-groups echo ran`), "ran\n")
}

func TestStatisticsShowProcessorTimeMemoryAndFiles(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("busy"))
	id := n.start(pod, newContainer(`head -c 3000000 /dev/zero > /tmp/file; while :; do :; done`))
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		request := &api.ListContainerStatsRequest{Filter: &api.ContainerStatsFilter{Id: id}}
		response, err := n.ListContainerStats(t.Context(), request)
		if err != nil || len(response.Stats) != 1 {
			t.Fatal(response, err)
		}
		s := response.Stats[0]
		if s.Cpu.UsageCoreNanoSeconds.Value > 2e8 && s.Memory.WorkingSetBytes.Value > 1e5 &&
			s.WritableLayer.UsedBytes.Value > 3e6 {
			break
		}
		if time.Now().After(end) {
			t.Fatal(s)
		}
	}
	of, err := n.PodSandboxStats(t.Context(), &api.PodSandboxStatsRequest{PodSandboxId: pod})
	if err != nil {
		t.Fatal(err)
	}
	linux := of.Stats.Linux
	if linux.Process.ProcessCount.Value != 1 || linux.Cpu.UsageCoreNanoSeconds.Value < 2e8 {
		t.Error(of)
	}
}

func TestAContainerHasNoOtherDevicesAndHiddenPaths(t *testing.T) {
	n := startNode(t)
	config := newContainer(`ls /dev; head -c 4 /dev/zero | wc -c; cat /proc/keys
echo x 2>/dev/null > /proc/sys/kernel/hostname || echo read-only`)
	config.Linux = &api.LinuxContainerConfig{SecurityContext: &api.LinuxContainerSecurityContext{
		MaskedPaths: []string{"/proc/keys", "/no/such/path"}, ReadonlyPaths: []string{"/proc/sys"}}}
	n.check("devices", config, strings.Join([]string{"fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr",
		"stdin", "stdout", "tty", "urandom", "zero", "4", "read-only", ""}, "\n"))
}

func TestEndedContainersLeaveNoMounts(t *testing.T) {
	n := startNode(t)
	before := countMounts(t)
	n.run("mounts", newContainer("exit 0"))
	var pods []string
	for _, s := range n.runtime.allSandboxes() {
		pods = append(pods, s.id)
	}
	for _, pod := range pods {
		for range 2 { // the kubelet does so too
			if _, err := n.StopPodSandbox(t.Context(), &api.StopPodSandboxRequest{PodSandboxId: pod}); err != nil {
				t.Fatal(err)
			}
			if _, err := n.RemovePodSandbox(t.Context(), &api.RemovePodSandboxRequest{PodSandboxId: pod}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if after := countMounts(t); after != before {
		t.Errorf("%d mounts before, %d after", before, after)
	}
	entries, err := os.ReadDir(n.runtime.options.Dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("%v remain, %v", entries, err)
	}
	if len(n.pods.connected) > 0 {
		t.Errorf("%v are connected", n.pods.connected)
	}
}

func countMounts(t *testing.T) int {
	t.Helper()
	content, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(content), "\n")
}

func TestSharedMemoryAndIPCBelongToThePod(t *testing.T) {
	n := startNode(t)
	pod := n.runPod(n.newPod("shares"))
	first := newContainer("echo from first > /dev/shm/words; ipcmk -M 1000 >/dev/null")
	n.waitForEnd(n.start(pod, first))
	second := newContainer("cat /dev/shm/words; ipcs -m | grep -c 0x")
	second.LogPath = "second"
	if got := n.printed(n.waitForEnd(n.start(pod, second)).LogPath); got != "from first\n1\n" {
		t.Errorf("%q", got)
	}
	var own, pods unix.Stat_t
	if err := unix.Stat("/proc/self/ns/ipc", &own); err != nil {
		t.Fatal(err)
	}
	if err := unix.Stat(filepath.Join(n.runtime.folder(pod), "ipc"), &pods); err != nil || pods.Ino == own.Ino {
		t.Error("the pod has no IPC namespace of its own", err)
	}
}
