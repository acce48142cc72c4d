package measure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// CutZone drops all packets from and to the subnets of a zone, as if its network had failed: nodes, pods and load
// balancers in it reach nothing, not even each other. The returned function ends that.
func (m *Measurement) CutZone(ctx context.Context, zone string) (restore func() error, err error) {
	rules := zoneRules(m.Stack.Network.Subnets, zone)
	if len(rules) == 0 {
		return nil, fmt.Errorf("zone %s has no subnet", zone)
	}
	table := fmt.Sprintf(`table inet outage {
	chain forward {
		type filter hook forward priority -300;
		%s
	}
}`, strings.Join(rules, "\n\t\t"))
	return func() error { return runIn(ctx, m.Router(), m.NFT, "delete table inet outage") }, runIn(ctx, m.Router(), m.NFT, table)
}

// zoneRules returns rules of nftables that drop all packets of the subnets of a zone, of both families.
func zoneRules(subnets []rehearsed.Subnet, zone string) (rules []string) {
	for _, s := range subnets {
		if s.Zone != zone {
			continue
		}
		rules = append(rules, "ip saddr "+s.CIDR+" drop", "ip daddr "+s.CIDR+" drop")
		if s.IPv6CIDR != "" {
			rules = append(rules, "ip6 saddr "+s.IPv6CIDR+" drop", "ip6 daddr "+s.IPv6CIDR+" drop")
		}
	}
	return rules
}

// ZoneToCut returns a zone with nodes in which neither the client in the VPC is nor the network interface of the API
// server that kubelets use, and, if there is one, none of its interfaces.
func (m *Measurement) ZoneToCut() (string, error) {
	needed := []string{m.zoneOfAddress(m.Client().Address.String())}
	for _, i := range m.Stack.ControlPlaneInterfaces() {
		needed = append(needed, m.zoneOfAddress(i.PrivateIP))
	}
	for count := len(needed); count > 1; count-- {
		others := func(n rehearsed.Node) bool { return !slices.Contains(needed[:count], n.Zone) }
		if i := slices.IndexFunc(m.Stack.Nodes, others); i >= 0 {
			return m.Stack.Nodes[i].Zone, nil
		}
	}
	return "", fmt.Errorf("all nodes are in the zones of the API server and the client, %s", strings.Join(needed, ", "))
}

// KillPod sends SIGKILL to the processes of a pod, which the kubelet then starts again.
func (m *Measurement) KillPod(namespace, name string) error {
	network, found := m.Pod(namespace, name)
	if !found {
		return fmt.Errorf("pod %s/%s does not run", namespace, name)
	}
	processes, err := processesIn(network)
	if err == nil && len(processes) == 0 {
		err = errors.New("it has no process")
	}
	for _, id := range processes {
		err = errors.Join(err, unix.Kill(id, unix.SIGKILL))
	}
	if err != nil {
		return fmt.Errorf("pod %s/%s: %w", namespace, name, err)
	}
	return nil
}

// processesIn returns the IDs of the processes in a network namespace.
func processesIn(network process.NetworkNamespace) (ids []int, err error) {
	var wanted, found unix.Stat_t
	if err := unix.Stat(string(network), &wanted); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir("/proc")
	for _, e := range entries {
		id, isNumber := strconv.Atoi(e.Name())
		if isNumber != nil || unix.Stat("/proc/"+e.Name()+"/ns/net", &found) != nil {
			continue
		}
		if found.Ino == wanted.Ino && found.Dev == wanted.Dev {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// CheckSettled returns an error unless the healthy targets of a workload with ip targets are its ready pods.
func (m *Measurement) CheckSettled(ctx context.Context, workload string) error {
	f, err := m.frontOf(ctx, workload)
	if err != nil {
		return err
	}
	healthy, err := m.healthyIDs(ctx, f)
	if err != nil {
		return err
	}
	var ready []string
	for _, p := range f.pods {
		ready = append(ready, p.Address.String())
	}
	slices.Sort(ready)
	slices.Sort(healthy)
	if !slices.Equal(ready, healthy) {
		return fmt.Errorf("workload %s: healthy targets %s, ready pods %s", workload, strings.Join(healthy, " "), strings.Join(ready, " "))
	}
	return nil
}

// CheckSpread sends requests to the load balancer of a workload of which none may be lost, and which all ready pods
// must answer. It returns their number by pod.
func (m *Measurement) CheckSpread(ctx context.Context, workload string) (map[string]int, error) {
	f, err := m.frontOf(ctx, workload)
	if err != nil {
		return nil, err
	}
	zones := m.resolve(ctx, f)
	byPod := map[string]int{}
	for i := range requestsToLoadBalancer {
		pod, err := f.get(ctx, zones[i%len(zones)])
		if err != nil {
			return nil, fmt.Errorf("workload %s, zone %s: %w", workload, zones[i%len(zones)].Name, err)
		}
		byPod[pod]++
	}
	for _, p := range f.pods {
		if byPod[p.name] == 0 {
			return byPod, fmt.Errorf("none of %d requests was answered by ready %s", requestsToLoadBalancer, p)
		}
	}
	if len(byPod) != len(f.pods) {
		return byPod, fmt.Errorf("workload %s: %d pods answered, but %d are ready", workload, len(byPod), len(f.pods))
	}
	return byPod, nil
}

// HealthyIn returns the number of healthy targets of a workload in a zone.
func (m *Measurement) HealthyIn(ctx context.Context, workload, zone string) (count int, err error) {
	f, err := m.frontOf(ctx, workload)
	if err != nil {
		return 0, err
	}
	healthy, err := m.healthyIDs(ctx, f)
	for _, id := range healthy {
		if m.zoneOfTarget(id) == zone {
			count++
		}
	}
	return count, err
}
