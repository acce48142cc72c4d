package engine_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/engine/internal/program"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/providers/providertest"
)

// testBinary is this test's own executable.
var testBinary, _ = os.Executable()

// documentationAddress is an address of a network that is reserved for documentation (RFC 5737).
const documentationAddress = "192.0.2.1:443"

func TestThisProcessReachesNoAddressButLoopback(t *testing.T) {
	_, err := http.Get("https://" + documentationAddress)
	if !errors.Is(err, engine.ErrNotLoopback) {
		t.Errorf("http.Get returned %v", err)
	}
	if _, err := net.LookupHost("sts.amazonaws.com."); err == nil || !strings.Contains(err.Error(), engine.ErrNotLoopback.Error()) {
		t.Errorf("an AWS host name was resolved: %v", err)
	}
}

func TestTheCallersCredentialsAreRemoved(t *testing.T) {
	command := exec.Command(testBinary, "-test.run", "TestTheEnvironmentHasNoVariablesOfTheCallersAccount$", "-test.v")
	command.Env = append(os.Environ(), "AWS_PROFILE=prod", "AWS_ACCESS_KEY_ID=AKIA", "KUBECONFIG=/prod", "PULUMI_ACCESS_TOKEN=t", "https_proxy=http://127.0.0.1:1")
	output, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS") {
		t.Errorf("%v: %s", err, output)
	}
}

func TestTheEnvironmentHasNoVariablesOfTheCallersAccount(t *testing.T) {
	for _, name := range []string{"AWS_PROFILE", "AWS_ACCESS_KEY_ID", "KUBECONFIG", "PULUMI_ACCESS_TOKEN", "https_proxy"} {
		if value, ok := os.LookupEnv(name); ok {
			t.Errorf("%s is %q", name, value)
		}
	}
}

func TestNodeReachesNoAddressButLoopback(t *testing.T) {
	script := `
const report = (what) => (e) => console.log(what + ": " + (e ? e.message : "connected"));
require("net").connect(443, "192.0.2.1").on("error", report("net")).on("connect", report("net"));
require("https").get("https://192.0.2.1/").on("error", report("https"));
require("https").get("https://sts.amazonaws.com/").on("error", report("name"));
const local = require("net").createServer().listen(0, "127.0.0.1", () =>
    require("net").connect(local.address().port, "127.0.0.1").on("connect", function () { console.log("loopback: connected"); this.destroy(); local.close(); process.stdin.destroy(); }));
`
	stdin, parent, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer parent.Close()
	defer stdin.Close()
	command := exec.Command("node", "--require", "./guard.js", "-e", script)
	command.Stdin = stdin
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	for _, want := range []string{"net: connect 192.0.2.1: a rehearsal", "https: connect 192.0.2.1: a rehearsal", "name: connect sts.amazonaws.com: a rehearsal", "loopback: connected"} {
		if !strings.Contains(string(output), want) {
			t.Errorf("Node did not print %q: %s", want, output)
		}
	}
}

func TestTheEndpointKeepsItsPortAndReportsAPortInUse(t *testing.T) {
	first, err := host.Endpoint(0)
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := net.SplitHostPort(strings.TrimPrefix(first, "https://"))
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := host.Endpoint(port); err != nil || again != first {
		t.Errorf("opened again on port %d: %s, %v", port, again, err)
	}
	other, err := engine.StartHost(engine.HostOptions{NodeModules: "../node_modules"})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Endpoint(port); err == nil || !strings.Contains(err.Error(), "another rehearsal") {
		t.Errorf("a port in use: %v", err)
	}
}

func TestTheErrorOfAMissingInstallationNamesTheCommandToRun(t *testing.T) {
	_, err := engine.StartHost(engine.HostOptions{NodeModules: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "npm ci --ignore-scripts") {
		t.Errorf("the error is %v", err)
	}
}

func TestNodeEndsWhenItsParentIsKilled(t *testing.T) {
	scratch := t.TempDir()
	command := exec.Command(testBinary)
	command.Env = append(os.Environ(), holdNode+"=1", "TMPDIR="+scratch)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	node := childOf(t, command.Process.Pid)
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	for range 2400 {
		if errors.Is(syscall.Kill(node, 0), syscall.ESRCH) {
			if left, _ := filepath.Glob(filepath.Join(scratch, "*")); len(left) > 0 {
				t.Errorf("files remain: %v", left)
			}
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	_ = syscall.Kill(node, syscall.SIGKILL)
	t.Errorf("node %d is still running", node)
}

// startNodeAndWait starts Node with a preview and waits to be killed.
func startNodeAndWait() {
	stack, err := engine.LoadStack("testdata/project", "test")
	if err != nil {
		os.Exit(1)
	}
	w := &providertest.World{}
	_, _ = engine.Preview(context.Background(), engine.Run{
		Stack: stack, Host: host, Program: engine.Inline(program.Network),
		Providers: engine.Providers{"aws": providers.AWS(w.AWS)},
	})
	time.Sleep(time.Hour)
	os.Exit(1)
}

// childOf waits for the first child of a process, which it finds in Linux's /proc.
func childOf(t *testing.T, pid int) int {
	t.Helper()
	for range 2400 {
		lists, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
		for _, list := range lists {
			raw, _ := os.ReadFile(list)
			if fields := strings.Fields(string(raw)); len(fields) > 0 {
				child, _ := strconv.Atoi(fields[0])
				return child
			}
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Skip("no child process found; /proc exists on Linux only")
	return 0
}
