package fabric

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/vishvananda/netlink"
)

// linkPatience is the time in which the kernel activates links.
const linkPatience = 10 * time.Second

// waitForLinks returns when the kernel has activated the added links. It activates the router's end in the background,
// and drops packets before, for more than a second while it deletes many other namespaces.
func (n *Network) waitForLinks(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, linkPatience, fmt.Errorf("no packets after %s", linkPatience))
	defer cancel()
	for len(n.added) > 0 {
		if err := errors.Join(n.forgetActive(vpcName), n.forgetActive(internetName)); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			for l := range n.added {
				return fmt.Errorf("%s: %w", l, context.Cause(ctx))
			}
		case <-time.After(2 * time.Millisecond):
		}
	}
	return nil
}

// forgetActive removes the active links of a router from those for which Update waits.
func (n *Network) forgetActive(router string) error {
	links, err := n.namespaces[router].handle.LinkList()
	if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
		return fmt.Errorf("links of %s: %w", router, err)
	}
	active := map[string]bool{}
	for _, l := range links {
		active[l.Attrs().Name] = l.Attrs().OperState == netlink.OperUp
	}
	maps.DeleteFunc(n.added, func(l link, _ bool) bool { return l.router == router && active[l.name] })
	return nil
}
