package node

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestAnAddressIsAssignedAgainAfterItsCooldown(t *testing.T) {
	pool := newAddressPool([]Interface{{Pods: []netip.Addr{netip.MustParseAddr("10.0.0.5")}},
		{ENI: ENI{Device: 1}, Pods: []netip.Addr{netip.MustParseAddr("10.0.0.6")}}})
	now := time.Now()
	assign := func(pod, want string, device int) {
		t.Helper()
		a, err := pool.assign(pod, now)
		if err != nil || a.String() != want || a.device != device {
			t.Fatalf("pod %s has %v (%v), want %s of interface %d", pod, a, err, want, device)
		}
	}
	assign("one", "10.0.0.5", 0)
	assign("two", "10.0.0.6", 1)
	assign("one", "10.0.0.5", 0)
	if _, err := pool.assign("three", now); err == nil || !strings.Contains(err.Error(), "no free address of 2") {
		t.Errorf("a third pod: %v", err)
	}
	pool.release("one", now)
	if a := pool.of("one"); a != nil {
		t.Errorf("the released pod has %v", a)
	}
	pool.release("one", now.Add(time.Hour)) // nothing
	if _, err := pool.assign("three", now.Add(cooldown-time.Second)); err == nil {
		t.Error("the address is assigned during its cooldown")
	}
	now = now.Add(cooldown)
	assign("three", "10.0.0.5", 0)
}
