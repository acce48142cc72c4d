package cluster

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// hostsFile has the addresses of names for all hosts of the network that are no pods.
const hostsFile = "/etc/hosts"

// setUpHostNames puts a file of the lab in the place of the machine's /etc/hosts, for processes in the lab's mount
// namespace alone.
func (l *Lab) setUpHostNames() error {
	var err error
	if l.machineHosts, err = os.ReadFile(hostsFile); err != nil {
		return err
	}
	if err := os.WriteFile(l.path("hosts"), l.machineHosts, 0o644); err != nil {
		return err
	}
	if err := unix.Mount(l.path("hosts"), hostsFile, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("names of load balancers: mount of %s: %w", hostsFile, err)
	}
	l.hostsMounted = true
	return nil
}

// restoreHostNames restores the machine's file, over which the next lab of this process mounts its own.
func (l *Lab) restoreHostNames() error {
	if !l.hostsMounted {
		return nil
	}
	l.hostsMounted = false
	return unix.Unmount(hostsFile, unix.MNT_DETACH)
}

// writeHostNames writes the names of load balancers with the addresses that DNS has, and the names on the internet. The
// file remains the same, as it is mounted. The caller holds updatingNetwork.
func (l *Lab) writeHostNames() error {
	addresses := map[string][]netip.Addr{}
	for _, b := range l.balancers.all() {
		addresses[b.spec.DNSName], _ = l.resolveBalancer(b.spec.DNSName)
	}
	public := l.currentNames().outside
	for _, name := range public.All() {
		addresses[name], _ = public.Lookup(name, l.resolveBalancer)
	}
	content := string(l.machineHosts) + hostNames(addresses)
	if content == l.hostNames {
		return nil
	}
	if err := os.WriteFile(l.path("hosts"), []byte(content), 0o644); err != nil {
		return err
	}
	l.hostNames = content
	return nil
}

// hostNames returns the lines of names with their addresses.
func hostNames(addresses map[string][]netip.Addr) string {
	var lines []string
	for name, all := range addresses {
		for _, address := range all {
			lines = append(lines, fmt.Sprintf("%s %s\n", address, name))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
