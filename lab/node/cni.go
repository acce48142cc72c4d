package node

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strings"

	"eksnet/lab/process"
)

// CNI configures the network of one node with AWS's CNI code, which runs as a program in the node's network namespace.
type CNI struct {
	// Program is the compiled command of lab/cni.
	Program string
	// Network is the network namespace of the node.
	Network process.NetworkNamespace
	// Env holds the settings of the aws-node DaemonSet, such as AWS_VPC_K8S_CNI_EXTERNALSNAT=true. A PATH in it must
	// have iptables; the default is that of this process.
	Env []string
}

// ENI is an elastic network interface that is attached to the node.
type ENI struct {
	MAC string `json:"mac"`
	// Address is the primary private IPv4 address.
	Address netip.Addr `json:"address"`
	// Subnet is the CIDR block of the subnet.
	Subnet netip.Prefix `json:"subnet"`
	// Device is the device number of the attachment.
	Device int `json:"device"`
}

// PodAddress is the address of a pod on the node.
type PodAddress struct {
	Namespace string     `json:"namespace"`
	Name      string     `json:"name"`
	Address   netip.Addr `json:"address"`
	// Device is the device number of the interface to which the address is assigned, 0 for the primary interface.
	Device int `json:"device"`
	// Network is the network namespace of the pod. DeletePod does not use it.
	Network process.NetworkNamespace `json:"network"`
}

// SetUpNode configures routing, connection marks and source NAT of the node for the VPC's CIDR blocks. The primary
// interface must have its address and the default route. The call can be repeated, with the addresses of pods that the
// node has, to apply changed settings or CIDR blocks.
func (c CNI) SetUpNode(ctx context.Context, primary ENI, vpc []netip.Prefix, pods ...netip.Addr) error {
	_, err := c.run(ctx, map[string]any{"node": struct {
		MAC     string         `json:"mac"`
		Address netip.Addr     `json:"address"`
		CIDRs   []netip.Prefix `json:"cidrs"`
		Pods    []netip.Addr   `json:"pods"`
	}{primary.MAC, primary.Address, vpc, pods}})
	return err
}

// SetUpInterface configures an interface other than the primary one: its address, its route table and the rule for
// packets from its address. It returns the number of the route table.
func (c CNI) SetUpInterface(ctx context.Context, further ENI) (table int, err error) {
	answer, err := c.run(ctx, map[string]any{"interface": further})
	return answer.RouteTable, err
}

// AddPod connects a pod's network namespace to the node. It returns the name of the node's end of the virtual
// interface.
func (c CNI) AddPod(ctx context.Context, pod PodAddress) (hostInterface string, err error) {
	answer, err := c.run(ctx, map[string]any{"add": pod})
	return answer.HostInterface, err
}

// DeletePod removes the routes and rules of a pod's address from the node. The virtual interface ends with the pod's
// network namespace.
func (c CNI) DeletePod(ctx context.Context, pod PodAddress) error {
	_, err := c.run(ctx, map[string]any{"delete": pod})
	return err
}

// cniAnswer is the program's answer.
type cniAnswer struct {
	RouteTable    int    `json:"routeTable"`
	HostInterface string `json:"hostInterface"`
	Error         string `json:"error"`
}

// run runs the program with a request in the node's network namespace.
func (c CNI) run(ctx context.Context, request map[string]any) (cniAnswer, error) {
	input, err := json.Marshal(request)
	if err != nil {
		return cniAnswer{}, fmt.Errorf("CNI: %w", err)
	}
	var output, log bytes.Buffer
	command := exec.CommandContext(ctx, c.Program)
	// Without a name of a file the plugin writes its log into the machine's /host/var/log.
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "AWS_VPC_K8S_CNI_LOG_FILE=stderr"}, c.Env...)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &output, &log
	if err := c.Network.Do(command.Start); err != nil {
		return cniAnswer{}, fmt.Errorf("CNI: %s: %w", c.Program, err)
	}
	ended := command.Wait()
	var answer cniAnswer
	if err := json.Unmarshal(output.Bytes(), &answer); err != nil {
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		return cniAnswer{}, fmt.Errorf("CNI: %w", errors.Join(ended, err, errors.New(lines[len(lines)-1])))
	}
	if answer.Error != "" {
		return cniAnswer{}, fmt.Errorf("CNI: %s", answer.Error)
	}
	return answer, ended
}
