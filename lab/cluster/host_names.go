package cluster

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"eksnet/lab/balancer"
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

// writeHostNames writes the names of load balancers, each with the addresses of all of its zones. The file remains the
// same, as it is mounted.
func (l *Lab) writeHostNames() error {
	content := string(l.machineHosts) + hostNames(l.balancers.all())
	if content == l.hostNames {
		return nil
	}
	if err := os.WriteFile(l.path("hosts"), []byte(content), 0o644); err != nil {
		return err
	}
	l.hostNames = content
	return nil
}

func hostNames(all map[string]*loadBalancer) string {
	var lines []string
	for _, b := range all {
		for _, z := range b.spec.Zones {
			lines = append(lines, hostLine(b.spec, z))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func hostLine(s balancer.Spec, z balancer.Zone) string {
	return fmt.Sprintf("%s %s\n", z.Entry(), s.DNSName)
}
