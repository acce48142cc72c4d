package node

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"eksnet/lab/process"
)

// cooldown is the time for which the VPC CNI does not assign the address of a deleted pod again
// (github.com/aws/amazon-vpc-cni-k8s, docs/cni-proposal.md, "IP cooldown").
const cooldown = 30 * time.Second

// address is an address that the CNI may assign to a pod.
type address struct {
	netip.Addr
	// device is the number of its network interface, 0 for the primary one.
	device int
	// pod is the sandbox that has it, "" for none; released is when the last one was deleted.
	pod      string
	released time.Time
	// network is the network namespace of the pod.
	network process.NetworkNamespace
}

// addressPool holds the addresses of a node's network interfaces.
type addressPool struct {
	mutex     sync.Mutex
	addresses []*address
}

// newAddressPool returns a pool with the addresses for pods of all interfaces.
func newAddressPool(interfaces []Interface) *addressPool {
	p := &addressPool{}
	for _, i := range interfaces {
		for _, a := range i.Pods {
			p.addresses = append(p.addresses, &address{Addr: a, device: i.Device})
		}
	}
	return p
}

// assign returns the first free address, and notes its pod. A pod that has an address keeps it.
func (p *addressPool) assign(pod string, now time.Time) (*address, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	var free *address
	for _, a := range p.addresses {
		switch {
		case a.pod == pod:
			return a, nil
		case free == nil && a.pod == "" && now.Sub(a.released) >= cooldown:
			free = a
		}
	}
	if free == nil {
		return nil, fmt.Errorf("no free address of %d: the network interfaces of the node have no more, or pods were deleted in the last %s",
			len(p.addresses), cooldown)
	}
	free.pod = pod
	return free, nil
}

// of returns the address of a pod, nil if it has none.
func (p *addressPool) of(pod string) *address {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, a := range p.addresses {
		if a.pod == pod {
			return a
		}
	}
	return nil
}

// release frees the address of a pod.
func (p *addressPool) release(pod string, now time.Time) {
	if a := p.of(pod); a != nil {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		a.pod, a.released = "", now
	}
}
