package fabric

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"eksnet/lab/process"
)

// Network is a running network.
type Network struct {
	dir string
	nft string

	// updating guards the fields below.
	updating   sync.Mutex
	namespaces map[string]*namespace
	numbers    numbering
	objects    map[object]bool
	added      map[link]bool     // links for which Update waits
	rules      map[string]string // the nft rules of each namespace
}

// Start starts a network. Its namespaces are files in the folder dir, which must not exist or be empty. They end with
// Stop, or with the mount namespace of this process. If Start returns an error, nothing is left.
func Start(ctx context.Context, dir string, spec Spec) (*Network, error) {
	nft, err := findNFT()
	if err != nil {
		return nil, err
	}
	n := &Network{dir: dir, nft: nft, namespaces: map[string]*namespace{}, numbers: numbering{}, objects: map[object]bool{},
		added: map[link]bool{}, rules: map[string]string{}}
	if err := errors.Join(spec.validate(), ctx.Err()); err != nil {
		return nil, err
	}
	err = n.createOutside()
	if err == nil {
		err = n.Update(ctx, spec)
	}
	if err != nil {
		return nil, errors.Join(err, n.Stop())
	}
	return n, nil
}

// findNFT returns the path of nft, which ordinary users may not have in PATH.
func findNFT() (string, error) {
	for _, name := range []string{"nft", "/usr/sbin/nft", "/sbin/nft"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no program nft: install the package nftables")
}

// createOutside creates the namespaces that every network has.
func (n *Network) createOutside() error {
	for name, sysctls := range map[string]map[string]string{vpcName: routerSysctls, internetName: routerSysctls,
		clientName: hostSysctls, serverName: hostSysctls, otherName: hostSysctls} {
		if err := n.createNamespace(name, sysctls); err != nil {
			return err
		}
	}
	return nil
}

// Update changes the network to a Spec. It changes only what differs, so that other connections go on. After an error
// the network is between both; the next Update continues.
func (n *Network) Update(ctx context.Context, spec Spec) error {
	if err := spec.validate(); err != nil {
		return err
	}
	n.updating.Lock()
	defer n.updating.Unlock()
	wanted := layout(&spec, n.numbers)
	kept := map[object]bool{}
	for _, o := range wanted {
		kept[o] = true
	}
	// A link that is gone is deleted before the rules change: without its rules it would carry any packet.
	for _, step := range []func() error{
		func() error { return n.removeLinks(kept) },
		func() error { return n.replaceRules(ctx, vpcName, routerRules(&spec, n.numbers)) },
		func() error { return n.replaceRules(ctx, internetName, internetRules(&spec)) },
		func() error { return n.createHosts(ctx, &spec) },
		func() error { return n.addObjects(ctx, wanted) },
		func() error { return n.waitForLinks(ctx) },
		func() error { return n.removeObjects(kept) },
		func() error { return n.deleteHosts(&spec) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// removeLinks removes the links that are not kept, and forgets the objects that the kernel removes with them.
func (n *Network) removeLinks(kept map[object]bool) error {
	for o := range maps.Clone(n.objects) {
		l, is := o.(link)
		if !is || kept[o] {
			continue
		}
		if err := n.remove(o); err != nil {
			return err
		}
		maps.DeleteFunc(n.objects, func(o object, _ bool) bool { return o.on(l) })
	}
	return nil
}

func (n *Network) remove(o object) error {
	if err := o.remove(n); err != nil {
		return fmt.Errorf("removing %s: %w", o, err)
	}
	delete(n.objects, o)
	if l, is := o.(link); is {
		delete(n.added, l)
	}
	return nil
}

// addObjects adds the objects that do not exist. A link that was added only in part is removed again.
func (n *Network) addObjects(ctx context.Context, wanted []object) error {
	for _, o := range wanted {
		if n.objects[o] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := o.add(n); err != nil {
			_ = o.remove(n)
			return fmt.Errorf("%s: %w", o, err)
		}
		n.objects[o] = true
		if l, is := o.(link); is {
			n.added[l] = true
		}
	}
	return nil
}

func (n *Network) removeObjects(kept map[object]bool) error {
	for o := range maps.Clone(n.objects) {
		if kept[o] {
			continue
		}
		if err := n.remove(o); err != nil {
			return err
		}
	}
	return nil
}

// replaceRules replaces the nft rules of a namespace in one transaction.
func (n *Network) replaceRules(ctx context.Context, name, rules string) error {
	if n.rules[name] == rules {
		return nil
	}
	var output bytes.Buffer
	command := exec.CommandContext(ctx, n.nft, "-f", "-")
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader(rules), &output, &output
	if err := n.namespaces[name].Do(command.Run); err != nil {
		return fmt.Errorf("nft rules of %s: %w: %s", name, err, bytes.TrimSpace(output.Bytes()))
	}
	n.rules[name] = rules
	return nil
}

// createHosts creates the missing namespaces of hosts and NAT gateways.
func (n *Network) createHosts(ctx context.Context, s *Spec) error {
	for _, g := range s.NATGateways {
		name := natFolder + g.ID
		if n.namespaces[name] == nil {
			if err := n.createNamespace(name, natSysctls); err != nil {
				return err
			}
		}
		if err := n.replaceRules(ctx, name, natRules(g)); err != nil {
			return err
		}
	}
	for _, i := range s.Interfaces {
		name := hostFolder + i.Host
		if n.namespaces[name] != nil {
			continue
		}
		existing, exists := s.Hosts[i.Host]
		create := func() error { return n.createNamespace(name, hostSysctls) }
		if exists {
			create = func() error { return n.openNamespace(name, existing) }
		}
		if err := create(); err != nil {
			return err
		}
	}
	return nil
}

// deleteHosts deletes the namespaces of hosts without interfaces and of NAT gateways that no longer exist.
func (n *Network) deleteHosts(s *Spec) error {
	for name := range maps.Clone(n.namespaces) {
		used := !strings.Contains(name, "/") ||
			slices.ContainsFunc(s.NATGateways, func(g NATGateway) bool { return natFolder+g.ID == name }) ||
			slices.ContainsFunc(s.Interfaces, func(i Interface) bool { return hostFolder+i.Host == name })
		if used {
			continue
		}
		delete(n.rules, name)
		if err := n.deleteNamespace(name); err != nil {
			return err
		}
	}
	return nil
}

// Stop deletes all links and namespaces. Processes in them continue, without a network. The kernel deletes links of the
// router with its namespace, which takes less time than to delete each, but not those of hosts that existed before.
func (n *Network) Stop() error {
	n.updating.Lock()
	defer n.updating.Unlock()
	var err error
	for o := range n.objects {
		if l, is := o.(link); is && !n.namespaces[l.host].created {
			err = errors.Join(err, l.remove(n))
		}
	}
	for name := range maps.Clone(n.namespaces) {
		err = errors.Join(err, n.deleteNamespace(name))
	}
	clear(n.objects)
	clear(n.rules)
	for _, folder := range []string{hostFolder, natFolder, ""} {
		_ = os.Remove(n.dir + "/" + folder) // only if empty
	}
	return err
}

// Host returns the namespace of a host.
func (n *Network) Host(name string) (process.NetworkNamespace, error) {
	n.updating.Lock()
	defer n.updating.Unlock()
	host := n.namespaces[hostFolder+name]
	if host == nil {
		return "", fmt.Errorf("the network has no host %s: no network interface is attached to it", name)
	}
	return host.NetworkNamespace, nil
}

// NATGateway returns the namespace of a NAT gateway.
func (n *Network) NATGateway(id string) (process.NetworkNamespace, bool) {
	n.updating.Lock()
	defer n.updating.Unlock()
	gateway := n.namespaces[natFolder+id]
	if gateway == nil {
		return "", false
	}
	return gateway.NetworkNamespace, true
}

// Router returns the namespace of the VPC's router.
func (n *Network) Router() process.NetworkNamespace { return n.fixed(vpcName) }

// Internet returns the namespace of the internet and the internet gateway.
func (n *Network) Internet() process.NetworkNamespace { return n.fixed(internetName) }

// Client returns the namespace of the client in the internet.
func (n *Network) Client() process.NetworkNamespace { return n.fixed(clientName) }

// Server returns the namespace of the server in the internet.
func (n *Network) Server() process.NetworkNamespace { return n.fixed(serverName) }

// Other returns the namespace of the host in the other network.
func (n *Network) Other() process.NetworkNamespace { return n.fixed(otherName) }

// fixed returns a namespace that every network has.
func (n *Network) fixed(name string) process.NetworkNamespace {
	n.updating.Lock()
	defer n.updating.Unlock()
	if space := n.namespaces[name]; space != nil {
		return space.NetworkNamespace
	}
	return process.NetworkNamespace(n.dir + "/" + name)
}
