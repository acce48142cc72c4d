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

// TestMain lets the test binary be the command that Enter runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "inside" {
		os.Exit(roles[os.Args[2]]())
	}
	os.Exit(m.Run())
}

// roles are what tests do inside. What they print is the test's to read, and so is their status.
var roles = map[string]func() int{
	"nothing": func() int { return 0 },
	"look":    look,
	"answer":  answer,
	"parent":  parent,
	"nested":  nested,
}

// spaced skips a test where the machine gives no namespaces, as the lab refuses to start there.
func spaced(t *testing.T) {
	t.Helper()
	if err := Possible("inside", "nothing"); err != nil {
		t.Skip(err)
	}
}

// enter runs a role and gives what it printed.
func enter(t *testing.T, ctx context.Context, role string, files ...*os.File) (string, error) {
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

// look tells what there is of a network.
func look() int {
	before, _ := net.Interfaces()
	if err := Loopback("10.0.0.0/16", "100.64.0.0/16"); err != nil {
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
	for _, address := range []string{"127.0.0.1:9443", "10.0.77.3:9443", "100.64.1.2:9443", "10.1.0.1:9443", "192.0.2.1:443"} {
		_, err := net.DialTimeout("tcp", address, 10*time.Second)
		fmt.Println(address, err == nil)
	}
	return 0
}

func TestInsideThereIsLoopbackAndTheAddressesOfTheVPCAndNothingElse(t *testing.T) {
	spaced(t)
	if err := Possible("inside", "nothing"); err != nil {
		t.Fatal(err)
	}
	said, err := enter(t, t.Context(), "look")
	want := "interfaces 1 lo\n127.0.0.1:9443 true\n10.0.77.3:9443 true\n100.64.1.2:9443 true\n10.1.0.1:9443 false\n192.0.2.1:443 false\n"
	if err != nil || said != want {
		t.Errorf("%v, and\n%swant\n%s", err, said, want)
	}
}

// answer serves one greeting on a port that is forwarded.
func answer() int {
	up := Loopback()
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
	time.Sleep(100 * time.Millisecond) // until the greeting is through
	return 0
}

func TestWhoeverIsOutsideReachesAForwardedPort(t *testing.T) {
	spaced(t)
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
	if said, err := enter(t, t.Context(), "answer", file); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	if got := <-answered; got != "you said hello" {
		t.Errorf("the answer is %q", got)
	}
}

func TestAPortThatIsTakenIsToldWithTheFlagThatGivesAnother(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	_, err = Listen(port, "AWS", "aws-port")
	want := fmt.Sprintf("port %d for AWS is taken", port)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "-aws-port") || !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("%v, want %s", err, want)
	}
}

// parent starts a child in a session of its own, which no signal to a group would reach, and stays.
func parent() int {
	child := exec.Command("sleep", "8642.1357")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := child.Start(); err != nil {
		return 1
	}
	time.Sleep(time.Minute)
	return 0
}

func TestWhateverEndsTheCommandNothingStaysBehind(t *testing.T) {
	spaced(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := enter(t, ctx, "parent")
		ended <- err
	}()
	eventually(t, "the child runs", func() bool { return running("8642.1357") })
	inner := pidOf(t, "inside\x00parent")
	if err := syscall.Kill(inner, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("a command that was killed ended well")
	}
	cancel()
	eventually(t, "the child is gone", func() bool { return !running("8642.1357") })
}

// pidOf is the process that has the words among its arguments.
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

// nested is on a machine that gives no network namespace, as some containers are.
func nested() int {
	if err := os.WriteFile("/proc/sys/user/max_net_namespaces", []byte("0"), 0); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(Enter(context.Background(), []string{"inside", "look"}))
	fmt.Println(Possible("inside", "nothing"))
	return 0
}

func TestAMachineThatGivesNoNamespaceIsTold(t *testing.T) {
	spaced(t)
	command := exec.Command("/proc/self/exe", "inside", "nested")
	command.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
	said, err := command.CombinedOutput()
	if err != nil || strings.Count(string(said), "this machine gives no network namespace") != 2 || strings.Contains(string(said), "interfaces") {
		t.Errorf("%v: %s", err, said)
	}
}
