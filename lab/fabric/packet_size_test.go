package fabric

import (
	"errors"
	"io"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"eksnet/lab/process"
)

// setMTU sets the MTU of a link.
func setMTU(t *testing.T, in process.NetworkNamespace, device string, mtu int) {
	t.Helper()
	if err := in.Do(func() error {
		l, err := netlink.LinkByName(device)
		if err != nil {
			return err
		}
		return netlink.LinkSetMTU(l, mtu)
	}); err != nil {
		t.Fatal(err)
	}
}

// Packets of the VPC are larger than those of the internet, as in AWS, and a link between may be smaller than those of
// both ends: senders learn its size by ICMP, also through a NAT gateway and the internet gateway.
func TestLargeTransfersReachTheInternet(t *testing.T) {
	n := startNetwork(t, newSpec())
	serve(t, n.Server(), ":80")
	serve(t, n.host("web"), ":80")
	for _, mtu := range []int{internetMTU, 1000} {
		setMTU(t, n.Router(), internetName, mtu)
		setMTU(t, n.Internet(), vpcName, mtu)
		for what, err := range map[string]error{
			"through the NAT gateway": transfer(n.host("app"), "203.0.113.80:80"),
			"from outside":            transfer(n.Client(), "198.51.100.5:80"),
			"inside":                  transfer(n.host("app"), "10.0.0.5:80"),
		} {
			if err != nil {
				t.Errorf("%s with %d bytes a packet: %v", what, mtu, err)
			}
		}
	}
}

// transfer sends much data to a server, which returns it.
func transfer(from process.NetworkNamespace, address string) error {
	const size = 1 << 20
	connection, _, err := dial(from, "", address)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(5 * time.Second))
	sent := make(chan error, 1)
	go func() {
		_, err := connection.Write(make([]byte, size))
		sent <- err
	}()
	_, err = io.ReadFull(connection, make([]byte, size))
	return errors.Join(err, <-sent)
}
