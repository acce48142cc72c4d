package world

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// held returns what a node's interfaces have besides their primary addresses.
func (l *lab) held(node *Object) (interfaces, singles, prefixes int) {
	for _, eni := range l.world.interfacesOn(node) {
		interfaces++
		singles += len(eni.texts("privateIps")) - 1
		prefixes += len(eni.texts("prefixes"))
	}
	return interfaces, singles, prefixes
}

func TestANodeKeepsAddressesReadyAccordingToItsTargets(t *testing.T) {
	for name, test := range map[string]struct {
		env                           Properties
		pods                          int
		interfaces, singles, prefixes int
	}{
		"no pod: the node's own interface, full":            {nil, 0, 1, 9, 0},
		"a pod: a second interface, full":                   {nil, 1, 2, 18, 0},
		"an interface of pods: still one more":              {nil, 9, 2, 18, 0},
		"never more interfaces than the type has":           {nil, 19, 3, 27, 0},
		"no warm interface":                                 {Properties{"WARM_ENI_TARGET": "0"}, 8, 1, 9, 0},
		"no warm interface, and the first one used up":      {Properties{"WARM_ENI_TARGET": "0"}, 9, 2, 18, 0},
		"two warm interfaces":                               {Properties{"WARM_ENI_TARGET": "2"}, 0, 2, 18, 0},
		"warm addresses":                                    {Properties{"WARM_IP_TARGET": "2"}, 3, 1, 5, 0},
		"warm addresses beyond the first interface":         {Properties{"WARM_IP_TARGET": "2"}, 9, 2, 11, 0},
		"a minimum number of addresses":                     {Properties{"MINIMUM_IP_TARGET": "6", "WARM_IP_TARGET": "2"}, 3, 1, 6, 0},
		"no pod: a prefix":                                  {prefixMode, 0, 1, 0, 1},
		"a pod: a second prefix":                            {prefixMode, 1, 1, 0, 2},
		"a prefix of pods: still one more":                  {prefixMode, 16, 1, 0, 2},
		"one more pod: a third prefix":                      {prefixMode, 17, 1, 0, 3},
		"no more than the pods that the node takes":         {prefixMode, 108, 1, 0, 7},
		"two warm prefixes":                                 {Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "2"}, 1, 1, 0, 3},
		"no warm prefix, but a minimum number of addresses": {Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "0", "MINIMUM_IP_TARGET": "1"}, 0, 1, 0, 1},
		"no warm prefix, and the first one used up":         {Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "0", "WARM_IP_TARGET": "1"}, 16, 1, 0, 2},
		"warm addresses take precedence over warm prefixes": {Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "5"}, 3, 1, 0, 1},
		"warm addresses that need one more prefix":          {Properties{"ENABLE_PREFIX_DELEGATION": "true", "WARM_IP_TARGET": "5"}, 12, 1, 0, 2},
		"a minimum number of addresses that needs three":    {Properties{"ENABLE_PREFIX_DELEGATION": "true", "MINIMUM_IP_TARGET": "40"}, 0, 1, 0, 3},
		"prefixes on an interface more than on the first":   {Properties{"ENABLE_PREFIX_DELEGATION": "true", "MINIMUM_IP_TARGET": "150"}, 0, 1, 0, 9},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t).configured(test.env)
			node := l.grouped("private-a")
			for range test.pods {
				l.world.settle()
				if l.world.takePodAddress(node) == "" {
					t.Fatal("no address for a pod")
				}
			}
			l.world.settle()
			interfaces, singles, prefixes := l.held(node)
			if interfaces != test.interfaces || singles != test.singles || prefixes != test.prefixes {
				t.Errorf("%d interfaces with %d addresses and %d prefixes, not %d, %d and %d", interfaces, singles, prefixes, test.interfaces, test.singles, test.prefixes)
			}
		})
	}
}

func TestTheCNIReleasesAddressesThatNoPodUses(t *testing.T) {
	for name, env := range map[string]Properties{"interfaces": nil, "prefixes": prefixMode, "addresses": {"WARM_IP_TARGET": "1"}} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t).configured(env)
			node := l.grouped("private-a")
			before := [3]int{}
			before[0], before[1], before[2] = l.held(node)
			var taken []string
			for range 20 {
				taken = append(taken, l.world.takePodAddress(node))
				l.world.settle()
			}
			for _, address := range taken {
				l.world.releasePodAddress(address)
			}
			l.world.settle()
			after := [3]int{}
			after[0], after[1], after[2] = l.held(node)
			if after != before {
				t.Errorf("%v interfaces, addresses and prefixes, and %v before", after, before)
			}
		})
	}
}

func TestACNIThatChangesToPrefixesReleasesItsSpareAddresses(t *testing.T) {
	l := newLab(t).configured(nil)
	node := l.grouped("private-a")
	if err := l.change(addonType, "dev:vpc-cni", Properties{"configurationValues": jsonText(Properties{"env": prefixMode})}); err != nil {
		t.Fatal(err)
	}
	if interfaces, singles, prefixes := l.held(node); interfaces != 1 || singles != 0 || prefixes != 1 {
		t.Errorf("%d interfaces with %d addresses and %d prefixes", interfaces, singles, prefixes)
	}
}

func TestPrefixesAreFromTheirReservationsAndSingleAddressesAreNot(t *testing.T) {
	l := newLab(t).configured(prefixMode).smallSubnet("small", "10.0.200.0/25", "a")
	l.reserve("small", "10.0.200.64/26", "prefix")
	node := l.grouped("small")
	if got := l.world.interfaceOf(node).texts("prefixes"); !slices.Equal(got, []string{"10.0.200.64/28"}) {
		t.Errorf("the node has %v", got)
	}
	l.fill("small", 0)
	for _, eni := range l.world.with(interfaceType, "subnetId", l.ids["small"]) {
		for _, address := range eni.texts("privateIps") {
			if netip.MustParsePrefix("10.0.200.64/26").Contains(netip.MustParseAddr(address)) {
				t.Errorf("%s is from a reservation", address)
			}
		}
	}
	for range 40 {
		l.world.settle()
		if l.world.takePodAddress(node) == "" {
			t.Fatal("no address for a pod from a reservation")
		}
	}
}

func TestCoreDNSWaitsForAPodThatGetsNoAddress(t *testing.T) {
	l := newLab(t).configured(prefixMode).smallSubnet("small", "10.0.200.0/25", "a").fragment("small")
	l.grouped("small")
	_, err := l.try(addonType, l.addonInputs("coredns"))
	for _, rule := range []Rule{addonReplicas, podAddress, prefixesFree} {
		refused(t, err, rule)
	}
	var reported *Incomplete
	if !errors.As(err, &reported) || !strings.Contains(err.Error(), "failed to assign an IP address to container") || !strings.Contains(err.Error(), "InsufficientCidrBlocks") {
		t.Errorf("the error is %v", err)
	}
}

// Whatever is in use and reserved: prefixes are aligned blocks without an address in use, single addresses are free and
// in no reservation, and there are as many of them as AWS reports.
func TestNoAddressIsAssignedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.IntRange(24, 28).Draw(t, "bits")
		r := room{subnet: netip.PrefixFrom(netip.MustParseAddr("10.0.1.0"), bits), held: map[netip.Addr]bool{}}
		size := 1 << (32 - bits)
		at := func(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 1, byte(n)}) }
		for _, n := range rapid.SliceOfN(rapid.IntRange(4, size-2), 0, 20).Draw(t, "held") {
			r.held[at(n)] = true
		}
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, size/16-1), 0, 3, rapid.ID[int]).Draw(t, "reserved") {
			p := netip.PrefixFrom(at(16*n), 28)
			r.reserved = append(r.reserved, p)
			if rapid.Bool().Draw(t, "for prefixes") {
				r.forPrefixes = append(r.forPrefixes, p)
			}
		}
		singles := r.singles(size)
		if len(singles) != r.free() {
			t.Fatalf("%d single addresses, and AWS reports %d", len(singles), r.free())
		}
		for _, text := range singles {
			if a := netip.MustParseAddr(text); r.held[a] || containsAny(r.reserved, a) || slices.Contains(r.own(), a) || !r.subnet.Contains(a) {
				t.Fatalf("%s is not available", text)
			}
		}
		seen := map[string]bool{}
		for _, text := range r.blocks(size) {
			block := netip.MustParsePrefix(text)
			if seen[text] || block != block.Masked() || !inside(block, r.subnet) || slices.ContainsFunc(r.own(), block.Contains) {
				t.Fatalf("%s is not a block of the subnet", text)
			}
			seen[text] = true
			for _, a := range addressesOf(text) {
				if r.held[netip.MustParseAddr(a)] {
					t.Fatalf("%s holds %s", text, a)
				}
			}
			if slices.ContainsFunc(r.reserved, block.Overlaps) && !slices.Contains(r.forPrefixes, block) {
				t.Fatalf("%s is reserved for explicit assignment", text)
			}
		}
	})
}
