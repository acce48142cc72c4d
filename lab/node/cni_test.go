package node

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"eksnet/lab/process"
)

// insideNamespaces is the first argument of the test binary in the namespaces.
const insideNamespaces = "inside"

// lacks is why this machine cannot run the tests of nodes.
var lacks error

// TestMain runs the tests in new namespaces, so that they change nothing of the machine.
func TestMain(m *testing.M) {
	if slices.Equal(os.Args[1:], []string{insideNamespaces}) { // process.CheckNamespaces
		os.Exit(0)
	}
	if len(os.Args) > 1 && os.Args[1] == insideNamespaces {
		os.Args = append(os.Args[:1], os.Args[2:]...)
		if lacks = process.SetUpMounts(); lacks == nil {
			_, lacks = exec.LookPath("iptables")
		}
		os.Exit(m.Run())
	}
	if lacks = process.CheckNamespaces(insideNamespaces); lacks != nil {
		os.Exit(m.Run())
	}
	err := process.Enter(context.Background(), append([]string{insideNamespaces}, os.Args[1:]...))
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// cniProgram returns the compiled command of lab/cni, or skips the test.
func cniProgram(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("../../.lab/cni-*/cni")
	if lacks != nil || len(found) == 0 {
		t.Skip("the machine or the checkout lacks something: ", lacks, ", compiled programs: ", found)
	}
	program, err := filepath.Abs(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// cluster is a node with two interfaces and a pod of each, and a pod of another node.
type cluster struct {
	vpc
	node                         CNI
	primary, secondary           ENI
	onPrimary, onSecondary, away PodAddress
}

func startCluster(t *testing.T) *cluster {
	program := cniProgram(t)
	c := &cluster{vpc: startVPC(t)}
	pods := addresses("10.0.1.20", "10.0.1.40", "10.0.2.20")
	c.node, c.primary = c.startNode(program, netip.MustParsePrefix("10.0.1.0/24"), pods[0])
	other, otherPrimary := c.startNode(program, netip.MustParsePrefix("10.0.2.0/24"), pods[2])
	c.secondary = ENI{Address: netip.MustParseAddr("10.0.1.30"), Subnet: c.primary.Subnet, Device: 1}
	c.secondary.MAC = c.attach(c.node.Network, "eth1", netip.MustParseAddr("10.0.1.1"), c.secondary.Address, pods[1])
	err := errors.Join(
		c.node.SetUpNode(t.Context(), c.primary, []netip.Prefix{vpcRange}),
		other.SetUpNode(t.Context(), otherPrimary, []netip.Prefix{vpcRange}))
	if err != nil {
		t.Fatal(err)
	}
	if table, err := c.node.SetUpInterface(t.Context(), c.secondary); err != nil || table != 2 {
		t.Fatalf("table %d, %v", table, err)
	}
	c.onPrimary, c.onSecondary = c.addPod(c.node, "front", pods[0], 0), c.addPod(c.node, "back", pods[1], 1)
	c.away = c.addPod(other, "away", pods[2], 0)
	return c
}

// expectSource compares the address that a server sees of a client.
func expectSource(t *testing.T, client PodAddress, server, want netip.Addr) {
	t.Helper()
	if got := source(client.Network, server); got != want.String() {
		t.Errorf("from pod %s to %s: the server sees %s, want %s", client.Name, server, got, want)
	}
}

func TestPodsAndServersOfTheVPCSeeThePodsOwnAddresses(t *testing.T) {
	c := startCluster(t)
	pods := []PodAddress{c.onPrimary, c.onSecondary, c.away}
	for _, client := range pods {
		expectSource(t, client, inVPC, client.Address)
		for _, server := range pods {
			if client != server {
				expectSource(t, client, server.Address, client.Address)
			}
		}
	}
	for i, gateway := range addresses("10.0.1.1", "10.0.1.1", "10.0.2.1") {
		expectSource(t, PodAddress{Name: "none, but the VPC", Network: c.network}, pods[i].Address, gateway)
	}
}

func TestRulesAndRoutesOfANodeAreThoseOfAWS(t *testing.T) {
	c := startCluster(t)
	const want = `0: from all lookup 255
512: from all to 10.0.1.20 lookup 254
512: from all to 10.0.1.40 lookup 254
1024: from all fwmark 0x80/0x80 lookup 254
1536: from 10.0.1.40 lookup 2
32765: from 10.0.1.30 lookup 2
32766: from all lookup 254
32767: from all lookup 253
`
	if got := c.rulesOf(c.node.Network); got != want {
		t.Errorf("rules\n%swant\n%s", got, want)
	}
	const routes = "0.0.0.0/0 via 10.0.1.1 dev eth1\n10.0.1.1/32 via <nil> dev eth1\n"
	if got := c.routesOf(c.node.Network, 2); got != routes {
		t.Errorf("routes of table 2\n%swant\n%s", got, routes)
	}
	for _, pod := range []PodAddress{c.onPrimary, c.onSecondary} {
		if err := c.node.DeletePod(t.Context(), pod); err != nil {
			t.Error(err)
		}
	}
	if got := c.rulesOf(c.node.Network); strings.Contains(got, "10.0.1.20") || strings.Contains(got, "10.0.1.40") {
		t.Errorf("rules of deleted pods are left:\n%s", got)
	}
}

func TestOtherNetworksSeeTheAddressOfTheNodeOrOfThePodAsConfigured(t *testing.T) {
	c := startCluster(t)
	for _, settings := range []struct {
		env []string
		own bool
	}{
		{nil, false},
		{[]string{"AWS_VPC_K8S_CNI_EXTERNALSNAT=true"}, true},
		{[]string{"AWS_VPC_K8S_CNI_EXTERNALSNAT=false"}, false},
		{[]string{"AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS=192.0.2.0/24"}, true},
	} {
		c.node.Env = settings.env
		pods := []netip.Addr{c.onPrimary.Address, c.onSecondary.Address}
		if err := c.node.SetUpNode(t.Context(), c.primary, []netip.Prefix{vpcRange}, pods...); err != nil {
			t.Fatal(err)
		}
		for _, pod := range []PodAddress{c.onPrimary, c.onSecondary} {
			want := c.primary.Address
			if settings.own {
				want = pod.Address
			}
			expectSource(t, pod, outside, want)
			expectSource(t, pod, inVPC, pod.Address)
		}
		if t.Failed() {
			t.Fatalf("with the settings %q", settings.env)
		}
	}
}

// Without the CNI's connection marks, answers of a pod of another interface leave by that interface.
func TestAnswersOfANodePortLeaveByThePrimaryInterface(t *testing.T) {
	c := startCluster(t)
	port := fmt.Sprint(serverPort) // of the node, as kube-proxy translates node ports
	for _, pod := range []PodAddress{c.onPrimary, c.onSecondary} {
		rule := []string{"PREROUTING", "-t", "nat", "-p", "tcp", "--dport", port, "-j", "DNAT", "-d",
			c.primary.Address.String(), "--to-destination", pod.Address.String()}
		iptables := func(operation string) func() error {
			return exec.Command("iptables", append([]string{operation}, rule...)...).Run
		}
		c.do(c.node.Network, iptables("-A"))
		client := PodAddress{Name: "none, but the VPC, by pod " + pod.Name, Network: c.network}
		expectSource(t, client, c.primary.Address, netip.MustParseAddr("10.0.1.1"))
		c.do(c.node.Network, iptables("-D"))
	}
}

func TestErrorsOfTheCNINameWhatIsWrong(t *testing.T) {
	c := CNI{Program: cniProgram(t), Network: createNetwork(t)}
	eni := ENI{MAC: "02:00:00:00:00:01", Address: netip.MustParseAddr("10.0.1.30"), Device: 1}
	eni.Subnet = netip.MustParsePrefix("10.0.1.0/24")
	elsewhere := eni
	elsewhere.Subnet = netip.MustParsePrefix("10.0.2.0/24")
	primary := eni
	primary.Device = 0
	pod := PodAddress{Namespace: "shop", Name: "front", Address: eni.Address, Network: "/missing"}
	for want, call := range map[string]func() error{
		`MAC address "02:00:00:00:00:01"`:  func() error { return c.SetUpNode(t.Context(), eni, []netip.Prefix{vpcRange}) },
		"at least one block":               func() error { return c.SetUpNode(t.Context(), eni, nil) },
		"an IPv4 address of subnet 10.0.2": func() error { _, err := c.SetUpInterface(t.Context(), elsewhere); return err },
		"device number 0":                  func() error { _, err := c.SetUpInterface(t.Context(), primary); return err },
		"/missing":                         func() error { _, err := c.AddPod(t.Context(), pod); return err },
		"a namespace, a name":              func() error { return c.DeletePod(t.Context(), PodAddress{}) },
		"/absent":                          func() error { return CNI{Program: "/absent"}.DeletePod(t.Context(), pod) },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
