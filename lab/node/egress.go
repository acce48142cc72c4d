package node

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"eksnet/internal/awsdata"
	"eksnet/lab/process"
)

// egress gives pods of an IPv6 cluster an interface for IPv4 packets, whose address is known on the node alone: the
// node translates it to its own IPv4 address. It is AWS's plugin, with the configuration that aws-node writes
// (github.com/aws/amazon-vpc-cni-k8s, misc/10-aws.conflist, cmd/egress-cni-plugin).
type egress struct {
	// program is the plugin. Beside it is host-local, with which it assigns addresses.
	program string
	// network and address are the network namespace and the IPv4 address of the node.
	network process.NetworkNamespace
	address netip.Addr
	// dir is the folder of the assigned addresses and of the plugin's log.
	dir string
	// env is that of the aws-node DaemonSet.
	env []string
}

// Names and values of aws-node's program (github.com/aws/amazon-vpc-cni-k8s, cmd/aws-vpc-cni/main.go).
const (
	egressPlugin   = "egress-cni-plugin"
	egressVariable = "ENABLE_V4_EGRESS"
)

// isEnabled reports whether pods get the interface. They do by default.
func (e *egress) isEnabled() bool { return !slices.Contains(e.env, egressVariable+"=false") }

// add adds the interface to a pod, whose own interface and address are set up.
func (e *egress) add(ctx context.Context, sandbox string, pod PodAddress, hostInterface string) error {
	return e.run(ctx, "ADD", sandbox, pod.Network, map[string]any{
		"cniVersion": "0.4.0",
		"interfaces": []any{map[string]any{"name": hostInterface}, map[string]any{"name": podInterface, "sandbox": pod.Network}},
		"ips":        []any{map[string]any{"version": "6", "address": pod.Address.String() + "/128", "interface": 1}},
	})
}

// remove frees the pod's address. Its interface ends with its network namespace.
func (e *egress) remove(ctx context.Context, sandbox string, network process.NetworkNamespace) error {
	return e.run(ctx, "DEL", sandbox, network, nil)
}

// podInterface is the name of the pod's own interface.
const podInterface = "eth0"

// run calls the plugin (github.com/containernetworking/cni, SPEC.md). previous is the result of the plugin before it.
func (e *egress) run(ctx context.Context, operation, sandbox string, network process.NetworkNamespace, previous any) error {
	configuration := map[string]any{
		"cniVersion": "0.4.0", "name": "aws-cni", "type": egressPlugin, "mtu": "9001", "enabled": "true",
		"randomizeSNAT": "prng", "nodeIP": e.address,
		"ipam": map[string]any{"type": "host-local", "ranges": []any{[]any{map[string]any{"subnet": awsdata.IPv4EgressRange}}},
			"routes": []any{map[string]any{"dst": "0.0.0.0/0"}}, "dataDir": filepath.Join(e.dir, "egress-v4-ipam")},
		"pluginLogFile": filepath.Join(e.dir, "egress-v4-plugin.log"), "pluginLogLevel": "DEBUG",
	}
	if previous != nil {
		configuration["prevResult"] = previous
	}
	input, err := json.Marshal(configuration)
	if err != nil {
		return fmt.Errorf("CNI: %w", err)
	}
	var output bytes.Buffer
	command := exec.CommandContext(ctx, e.program)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "CNI_COMMAND=" + operation, "CNI_CONTAINERID=" + sandbox,
		"CNI_NETNS=" + string(network), "CNI_IFNAME=" + podInterface, "CNI_PATH=" + filepath.Dir(e.program)}, e.env...)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &output, &output
	if err := e.network.Do(command.Start); err != nil {
		return fmt.Errorf("CNI: %s: %w", e.program, err)
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("CNI: IPv4 egress of pod sandbox %s: %w: %s", sandbox, err, strings.TrimSpace(output.String()))
	}
	return nil
}
