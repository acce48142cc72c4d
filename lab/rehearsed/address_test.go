package rehearsed

import (
	"net/netip"
	"testing"
)

func TestTheLastAddressOfARange(t *testing.T) {
	for text, want := range map[string]string{"10.0.32.0/20": "10.0.47.255", "10.0.0.0/28": "10.0.0.15", "2001:db8::/64": "2001:db8::ffff:ffff:ffff:ffff"} {
		if got := LastAddress(netip.MustParsePrefix(text)).String(); got != want {
			t.Errorf("the last address of %s is %s, want %s", text, got, want)
		}
	}
}
