package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain also makes the test binary the command that Enter runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "inside" {
		os.Exit(roles[os.Args[2]]())
	}
	os.Exit(m.Run())
}

// roles holds the functions that tests run inside the namespaces. Tests check their output and status.
var roles = map[string]func() int{
	"nothing": func() int { return 0 },
	"fail":    func() int { fmt.Fprintln(os.Stderr, "no mounts"); return 1 },
	"look":    printNetwork,
	"answer":  serveOnce,
	"parent":  startChild,
	"nested":  enterWithoutNamespaces,
	"mounts":  startWithEmptyFolder,
	"kernel":  readKernelSettings,
}

// skipWithoutNamespaces skips a test on a machine that does not allow namespaces, where the lab does not start either.
func skipWithoutNamespaces(t *testing.T) {
	t.Helper()
	if err := CheckNamespaces("inside", "nothing"); err != nil {
		t.Skip(err)
	}
}

// runInside runs a role and returns its output.
func runInside(t *testing.T, ctx context.Context, role string, files ...*os.File) (string, error) {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = write
	defer func() { os.Stdout = stdout }()
	said := make(chan string)
	go func() {
		all, _ := io.ReadAll(read)
		said <- string(all)
	}()
	err = Enter(ctx, []string{"inside", role}, files...)
	write.Close()
	return <-said, err
}

// printNetwork prints the network interfaces and the addresses that accept connections.
func printNetwork() int {
	before, _ := net.Interfaces()
	if err := SetUpLoopback("10.0.0.0/16", "100.64.0.0/16", "2001:db8:0:100::/56"); err != nil {
		fmt.Println(err)
		return 1
	}
	listener, err := net.Listen("tcp", ":9443")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	go func() {
		for {
			if c, err := listener.Accept(); err == nil {
				c.Close()
			}
		}
	}()
	fmt.Println("interfaces", len(before), before[0].Name)
	for _, address := range []string{"127.0.0.1:9443", "10.0.77.3:9443", "100.64.1.2:9443", "[2001:db8:0:1aa:1::2]:9443", "10.1.0.1:9443", "192.0.2.1:443"} {
		_, err := net.DialTimeout("tcp", address, 10*time.Second)
		fmt.Println(address, err == nil)
	}
	return 0
}

func TestOnlyLoopbackAndTheAddressesOfTheVPCAreReachableInside(t *testing.T) {
	skipWithoutNamespaces(t)
	if err := CheckNamespaces("inside", "nothing"); err != nil {
		t.Fatal(err)
	}
	said, err := runInside(t, t.Context(), "look")
	want := "interfaces 1 lo\n127.0.0.1:9443 true\n10.0.77.3:9443 true\n100.64.1.2:9443 true\n[2001:db8:0:1aa:1::2]:9443 true\n10.1.0.1:9443 false\n192.0.2.1:443 false\n"
	if err != nil || said != want {
		t.Errorf("%v, and\n%swant\n%s", err, said, want)
	}
}

// serveOnce answers one connection on a forwarded port.
func serveOnce() int {
	up := SetUpLoopback()
	listener, err := net.Listen("tcp", "127.0.0.1:8080")
	if err = errors.Join(up, err); err == nil {
		err = Forward(context.Background(), os.NewFile(3, "port"), 8080)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	connection, err := listener.Accept()
	if err != nil {
		return 1
	}
	said, _ := io.ReadAll(connection)
	fmt.Fprintf(connection, "you said %s", said)
	connection.Close()
	time.Sleep(100 * time.Millisecond) // until the answer is forwarded
	return 0
}

func TestClientsOutsideReachAForwardedPort(t *testing.T) {
	skipWithoutNamespaces(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	file, err := Listen(port, "the API server", "kubernetes-port")
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan string)
	go func() {
		connection, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			answered <- err.Error()
			return
		}
		fmt.Fprint(connection, "hello")
		_ = connection.(*net.TCPConn).CloseWrite()
		all, _ := io.ReadAll(connection)
		answered <- string(all)
	}()
	if said, err := runInside(t, t.Context(), "answer", file); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if got := <-answered; got != "you said hello" {
		t.Errorf("the answer is %q", got)
	}
}

func TestTheErrorForAPortInUseNamesTheFlagForAnother(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	_, err = Listen(port, "AWS", "aws-port")
	want := fmt.Sprintf("port %d for AWS is in use", port)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "-aws-port") || !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v, want %s", err, want)
	}
}

// startChild starts a process in a new session, which signals to a process group do not reach, and waits.
func startChild() int {
	child := exec.Command("sleep", "8642.1357")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return 1
	}
	time.Sleep(time.Minute)
	return 0
}

func TestEveryProcessEndsWhenTheCommandIsKilled(t *testing.T) {
	skipWithoutNamespaces(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := runInside(t, ctx, "parent")
		ended <- err
	}()
	waitFor(t, "the child runs", func() bool { return isRunning("8642.1357") })
	inner := pidOf(t, "inside\x00parent")
	if err := syscall.Kill(inner, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("a killed command returned no error")
	}
	cancel()
	waitFor(t, "the child has ended", func() bool { return !isRunning("8642.1357") })
}

// pidOf returns the ID of the process whose arguments contain the words.
func pidOf(t *testing.T, words string) int {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		var pid int
		if _, err := fmt.Sscan(entry.Name(), &pid); err != nil {
			continue
		}
		if content, _ := os.ReadFile("/proc/" + entry.Name() + "/cmdline"); strings.Contains(string(content), words) {
			return pid
		}
	}
	t.Fatalf("no process has %q", words)
	return 0
}

// enterWithoutNamespaces runs as on a machine that does not allow network namespaces, as some containers do not.
func enterWithoutNamespaces() int {
	if err := os.WriteFile("/proc/sys/user/max_net_namespaces", []byte("0"), 0); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(Enter(context.Background(), []string{"inside", "look"}))
	fmt.Println(CheckNamespaces("inside", "nothing"))
	return 0
}

func TestEnterReturnsAnErrorWithoutNamespaces(t *testing.T) {
	skipWithoutNamespaces(t)
	command := exec.Command("/proc/self/exe", "inside", "nested")
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	said, err := command.CombinedOutput()
	if err != nil || strings.Count(string(said), "this machine does not allow a network namespace") != 2 || strings.Contains(string(said), "interfaces") {
		t.Errorf("%v: %s", err, said)
	}
}

func TestACheckThatFailsInTheNamespacesReportsItsReason(t *testing.T) {
	skipWithoutNamespaces(t)
	if err := CheckNamespaces("inside", "fail"); err == nil || err.Error() != "no mounts" {
		t.Errorf("it reports %v", err)
	}
}
