package fabric

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"eksnet/lab/process"
)

// namespace is a network namespace of the network.
type namespace struct {
	process.NetworkNamespace
	file    *os.File
	handle  *netlink.Handle
	indexes map[string]int // of links, by name
	created bool
}

// Sysctls of namespaces. A router forwards, answers ARP for the VPC's addresses, and sends no redirects: hosts must
// send all packets to it. The reverse path filter is off, because the router checks source addresses itself. It accepts
// packets from its own addresses, because a NAT gateway forwards ICMP errors of the router to the router.
var (
	routerSysctls = map[string]string{
		"net/ipv4/conf/all/accept_local":         "1",
		"net/ipv4/ip_forward":                    "1",
		"net/ipv4/conf/all/rp_filter":            "0",
		"net/ipv4/conf/default/rp_filter":        "0",
		"net/ipv4/conf/all/send_redirects":       "0",
		"net/ipv4/conf/default/send_redirects":   "0",
		"net/ipv4/conf/default/proxy_arp":        "1",
		"net/ipv4/icmp_ratelimit":                "0",
		"net/ipv4/conf/default/accept_redirects": "0",
		"net/ipv6/conf/all/forwarding":           "1",
		"net/ipv6/icmp/ratelimit":                "0",
	}
	natSysctls = map[string]string{
		"net/ipv4/ip_forward":                  "1",
		"net/ipv4/conf/all/rp_filter":          "0",
		"net/ipv4/conf/default/rp_filter":      "0",
		"net/ipv4/conf/all/send_redirects":     "0",
		"net/ipv4/conf/default/send_redirects": "0",
	}
	// hostSysctls make the reverse path filter loose: answers may arrive at another interface than AWS's CNI uses for
	// the source.
	hostSysctls = map[string]string{
		"net/ipv4/conf/all/rp_filter":     "0",
		"net/ipv4/conf/default/rp_filter": "2",
	}
)

// createNamespace creates a namespace at a path below the folder of the network.
func (n *Network) createNamespace(name string, sysctls map[string]string) error {
	path := filepath.Join(n.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	made, err := process.CreateNetworkNamespace(path)
	if err != nil {
		return err
	}
	if err := n.openNamespace(name, made); err != nil {
		made.Delete()
		return err
	}
	n.namespaces[name].created = true
	if err := n.namespaces[name].setSysctls(sysctls); err != nil {
		return errors.Join(err, n.deleteNamespace(name))
	}
	return nil
}

// openNamespace adds a namespace that exists.
func (n *Network) openNamespace(name string, existing process.NetworkNamespace) error {
	// The first thread, which is /proc/self, may have been left in the namespace of an earlier call of Do.
	file, err := os.Open(cmp.Or(string(existing), "/proc/thread-self/ns/net"))
	if err != nil {
		return fmt.Errorf("network namespace of %s: %w", name, err)
	}
	var handle *netlink.Handle
	if err := existing.Do(func() error {
		handle, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	}); err != nil {
		file.Close()
		return fmt.Errorf("network namespace of %s: %w", name, err)
	}
	n.namespaces[name] = &namespace{existing, file, handle, map[string]int{"lo": 1}, false}
	return nil
}

// setSysctls writes sysctls by their path below /proc/sys.
func (n *namespace) setSysctls(values map[string]string) error {
	return n.Do(func() error {
		for path, value := range values {
			if err := os.WriteFile("/proc/sys/"+path, []byte(value), 0); err != nil {
				return fmt.Errorf("sysctl: %w", err)
			}
		}
		return nil
	})
}

// deleteNamespace deletes a namespace that the network created. It ends with its last process.
func (n *Network) deleteNamespace(name string) error {
	space := n.namespaces[name]
	delete(n.namespaces, name)
	space.handle.Close()
	space.file.Close()
	if !space.created {
		return nil
	}
	return space.Delete()
}
