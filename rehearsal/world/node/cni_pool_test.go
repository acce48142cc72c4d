package node_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/iam"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// held returns what a node's interfaces have besides their primary addresses.
func held(l *worldtest.Lab, node *store.Object) (interfaces, singles, prefixes int) {
	for _, eni := range ec2.InterfacesOn(l.World.Account, node) {
		interfaces++
		singles += len(eni.Texts("privateIps")) - 1
		prefixes += len(eni.Texts("prefixes"))
	}
	return interfaces, singles, prefixes
}

func TestANodeKeepsAddressesReadyAccordingToItsTargets(t *testing.T) {
	for name, test := range map[string]struct {
		env                           store.Properties
		pods                          int
		interfaces, singles, prefixes int
	}{
		"no pod: the node's own interface, full":            {nil, 0, 1, 9, 0},
		"a pod: a second interface, full":                   {nil, 1, 2, 18, 0},
		"an interface of pods: still one more":              {nil, 9, 2, 18, 0},
		"never more interfaces than the type has":           {nil, 19, 3, 27, 0},
		"no warm interface":                                 {store.Properties{"WARM_ENI_TARGET": "0"}, 8, 1, 9, 0},
		"no warm interface, and the first one used up":      {store.Properties{"WARM_ENI_TARGET": "0"}, 9, 2, 18, 0},
		"two warm interfaces":                               {store.Properties{"WARM_ENI_TARGET": "2"}, 0, 2, 18, 0},
		"warm addresses":                                    {store.Properties{"WARM_IP_TARGET": "2"}, 3, 1, 5, 0},
		"warm addresses beyond the first interface":         {store.Properties{"WARM_IP_TARGET": "2"}, 9, 2, 11, 0},
		"a minimum number of addresses":                     {store.Properties{"MINIMUM_IP_TARGET": "6", "WARM_IP_TARGET": "2"}, 3, 1, 6, 0},
		"no pod: a prefix":                                  {worldtest.PrefixMode, 0, 1, 0, 1},
		"a pod: a second prefix":                            {worldtest.PrefixMode, 1, 1, 0, 2},
		"a prefix of pods: still one more":                  {worldtest.PrefixMode, 16, 1, 0, 2},
		"one more pod: a third prefix":                      {worldtest.PrefixMode, 17, 1, 0, 3},
		"no more than the pods that the node takes":         {worldtest.PrefixMode, 108, 1, 0, 7},
		"two warm prefixes":                                 {store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "2"}, 1, 1, 0, 3},
		"no warm prefix, but a minimum number of addresses": {store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "0", "MINIMUM_IP_TARGET": "1"}, 0, 1, 0, 1},
		"no warm prefix, and the first one used up":         {store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "0", "WARM_IP_TARGET": "1"}, 16, 1, 0, 2},
		"warm addresses take precedence over warm prefixes": {store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "5"}, 3, 1, 0, 1},
		"warm addresses that need one more prefix":          {store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "5"}, 12, 1, 0, 2},
		"a minimum number of addresses that needs three":    {store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "MINIMUM_IP_TARGET": "40"}, 0, 1, 0, 3},
		"prefixes on an interface more than on the first":   {store.Properties{"ENABLE_PREFIX_DELEGATION": "true", "MINIMUM_IP_TARGET": "150"}, 0, 1, 0, 9},
	} {
		t.Run(name, func(t *testing.T) {
			l := worldtest.NewLab(t).Configured(test.env)
			node := l.Grouped("private-a")
			for range test.pods {
				l.World.Settle()
				if nodepkg.TakePodAddress(l.World.Account, node) == "" {
					t.Fatal("no address for a pod")
				}
			}
			l.World.Settle()
			interfaces, singles, prefixes := held(l, node)
			if interfaces != test.interfaces || singles != test.singles || prefixes != test.prefixes {
				t.Errorf("%d interfaces with %d addresses and %d prefixes, not %d, %d and %d", interfaces, singles, prefixes, test.interfaces, test.singles, test.prefixes)
			}
		})
	}
}

func TestTheCNIReleasesAddressesThatNoPodUses(t *testing.T) {
	for name, env := range map[string]store.Properties{"interfaces": nil, "prefixes": worldtest.PrefixMode, "addresses": {"WARM_IP_TARGET": "1"}} {
		t.Run(name, func(t *testing.T) {
			l := worldtest.NewLab(t).Configured(env)
			node := l.Grouped("private-a")
			before := [3]int{}
			before[0], before[1], before[2] = held(l, node)
			var taken []string
			for range 20 {
				taken = append(taken, nodepkg.TakePodAddress(l.World.Account, node))
				l.World.Settle()
			}
			for _, address := range taken {
				nodepkg.ReleasePodAddress(l.World.Account, address)
			}
			l.World.Settle()
			after := [3]int{}
			after[0], after[1], after[2] = held(l, node)
			if after != before {
				t.Errorf("%v interfaces, addresses and prefixes, and %v before", after, before)
			}
		})
	}
}

func TestACNIThatChangesToPrefixesReleasesItsSpareAddresses(t *testing.T) {
	l := worldtest.NewLab(t).Configured(nil)
	node := l.Grouped("private-a")
	if err := l.Change(store.AddonType, "dev:vpc-cni", store.Properties{"configurationValues": iam.JSONText(store.Properties{"env": worldtest.PrefixMode})}); err != nil {
		t.Fatal(err)
	}
	if interfaces, singles, prefixes := held(l, node); interfaces != 1 || singles != 0 || prefixes != 1 {
		t.Errorf("%d interfaces with %d addresses and %d prefixes", interfaces, singles, prefixes)
	}
}

func TestPrefixesAreFromTheirReservationsAndSingleAddressesAreNot(t *testing.T) {
	l := worldtest.NewLab(t).Configured(worldtest.PrefixMode).SmallSubnet("small", "10.0.200.0/25", "a")
	l.Reserve("small", "10.0.200.64/26", "prefix")
	node := l.Grouped("small")
	if got := ec2.PrimaryInterface(l.World.Account, node).Texts("prefixes"); !slices.Equal(got, []string{"10.0.200.64/28"}) {
		t.Errorf("the node has %v", got)
	}
	l.Fill("small", 0)
	for _, eni := range l.World.With(store.InterfaceType, "subnetId", l.IDs["small"]) {
		for _, address := range eni.Texts("privateIps") {
			if netip.MustParsePrefix("10.0.200.64/26").Contains(netip.MustParseAddr(address)) {
				t.Errorf("%s is from a reservation", address)
			}
		}
	}
	for range 40 {
		l.World.Settle()
		if nodepkg.TakePodAddress(l.World.Account, node) == "" {
			t.Fatal("no address for a pod from a reservation")
		}
	}
}

func TestCoreDNSWaitsForAPodThatGetsNoAddress(t *testing.T) {
	l := worldtest.NewLab(t).Configured(worldtest.PrefixMode).SmallSubnet("small", "10.0.200.0/25", "a").Fragment("small")
	l.Grouped("small")
	_, err := l.Try(store.AddonType, l.AddonInputs("coredns"))
	for _, rule := range []store.Rule{addon.AddonReplicas, nodepkg.PodAddress, nodepkg.PrefixesFree} {
		worldtest.Refused(t, err, rule)
	}
	var reported *store.Incomplete
	if !errors.As(err, &reported) || !strings.Contains(err.Error(), "failed to assign an IP address to container") || !strings.Contains(err.Error(), "InsufficientCidrBlocks") {
		t.Errorf("the error is %v", err)
	}
}

// Whatever is in use and reserved: prefixes are aligned blocks without an address in use, single addresses are free and
// in no reservation, and there are as many of them as AWS reports.
func TestNoAddressIsAssignedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.IntRange(24, 28).Draw(t, "bits")
		r := ec2.Room{Subnet: netip.PrefixFrom(netip.MustParseAddr("10.0.1.0"), bits), Held: map[netip.Addr]bool{}}
		size := 1 << (32 - bits)
		at := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 1, byte(n)}) }
		for _, n := range rapid.SliceOfN(rapid.IntRange(4, size-2), 0, 20).Draw(t, "held") {
			r.Held[at(n)] = true
		}
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, size/16-1), 0, 3, rapid.ID[int]).Draw(t, "reserved") {
			p := netip.PrefixFrom(at(16*n), 28)
			r.Reserved = append(r.Reserved, p)
			if rapid.Bool().Draw(t, "for prefixes") {
				r.ForPrefixes = append(r.ForPrefixes, p)
			}
		}
		singles := r.Singles(size)
		if len(singles) != r.Free() {
			t.Fatalf("%d single addresses, and AWS reports %d", len(singles), r.Free())
		}
		for _, text := range singles {
			if a := netip.MustParseAddr(text); r.Held[a] || ec2.ContainsAny(r.Reserved, a) || slices.Contains(r.Own(), a) || !r.Subnet.Contains(a) {
				t.Fatalf("%s is not available", text)
			}
		}
		seen := map[string]bool{}
		for _, text := range r.Blocks(size) {
			block := netip.MustParsePrefix(text)
			if seen[text] || block != block.Masked() || !ec2.IsInside(block, r.Subnet) || slices.ContainsFunc(r.Own(), block.Contains) {
				t.Fatalf("%s is not a block of the subnet", text)
			}
			seen[text] = true
			for _, a := range nodepkg.AddressesOf(text) {
				if r.Held[netip.MustParseAddr(a)] {
					t.Fatalf("%s holds %s", text, a)
				}
			}
			if slices.ContainsFunc(r.Reserved, block.Overlaps) && !slices.Contains(r.ForPrefixes, block) {
				t.Fatalf("%s is reserved for explicit assignment", text)
			}
		}
	})
}
