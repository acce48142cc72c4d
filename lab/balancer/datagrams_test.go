package balancer

import (
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

// serveDatagrams answers datagrams to port 80 of the targets with the name of the host and the address of the client.
func (v testVPC) serveDatagrams() {
	v.t.Helper()
	for name := range targetHosts {
		var socket net.PacketConn
		if err := v.host(name).Do(func() (err error) {
			socket, err = net.ListenPacket("udp4", ":80")
			return err
		}); err != nil {
			v.t.Fatal(err)
		}
		v.t.Cleanup(func() { socket.Close() })
		go func() {
			for buffer := make([]byte, 64); ; {
				_, client, err := socket.ReadFrom(buffer)
				if err != nil {
					return
				}
				_, _ = socket.WriteTo(fmt.Appendf(nil, "%s %s", name, client), client)
			}
		}()
	}
}

// dialDatagrams returns a UDP socket of the client.
func (v testVPC) dialDatagrams(address string) net.Conn {
	v.t.Helper()
	var connection net.Conn
	if err := v.Client().Do(func() (err error) {
		connection, err = net.Dial("udp4", address)
		return err
	}); err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { connection.Close() })
	return connection
}

// exchange sends a datagram and returns the answer.
func exchange(connection net.Conn) (name, client string) {
	_, _ = connection.Write([]byte("ping"))
	_ = connection.SetReadDeadline(time.Now().Add(patience))
	buffer := make([]byte, 64)
	size, _ := connection.Read(buffer)
	_, _ = fmt.Sscan(string(buffer[:size]), &name, &client)
	return name, client
}

func TestDatagramsOfASessionGoToOneTargetWithTheClientsAddress(t *testing.T) {
	v := startVPC(t, true)
	v.serve() // health checks use TCP
	v.serveDatagrams()
	spec := newSpec(Network, "TCP_UDP").change(func(g *TargetGroup) {
		g.PreserveClient, g.TerminateDeregistered = true, true
	})
	spec.CrossZone = true
	b := v.start(spec)
	sessions := map[string]net.Conn{}
	for range 30 {
		connection := v.dialDatagrams(publicB + ":80")
		first, seen := exchange(connection)
		if seen != connection.LocalAddr().String() {
			t.Fatalf("%q sees %q, the client is %s", first, seen, connection.LocalAddr())
		}
		for range 3 {
			if again, _ := exchange(connection); again != first {
				t.Errorf("the session changes from %s to %s", first, again)
			}
		}
		sessions[first] = connection
	}
	if len(sessions) != 3 {
		t.Errorf("sessions reach %v", sessions)
	}
	if name, seen := v.request(publicA + ":80"); targetHosts[name] == "" || seen != clientAddressText {
		t.Errorf("TCP on the same port: %s sees %s", name, seen)
	}
	if err := b.Update(spec.without("one")); err != nil {
		t.Fatal(err)
	}
	if name, _ := exchange(sessions["one"]); name != "one" {
		t.Errorf("during the deregistration delay the session of one reaches %q", name)
	}
	if name, _ := exchange(sessions["two"]); name != "two" {
		t.Errorf("after an update the session of two reaches %q", name)
	}
	v.waitUntil("one is removed", func() bool { return len(b.Health()["tg"]) == 2 })
	time.Sleep(20 * time.Millisecond)
	if name, _ := exchange(sessions["one"]); name != "two" && name != "three" {
		t.Errorf("after the deregistration delay the session of one reaches %q", name)
	}
}

func TestDatagramsHaveTheLoadBalancersAddressIfItIsNotToPreserveTheClients(t *testing.T) {
	v := startVPC(t, false)
	v.serve()
	v.serveDatagrams()
	v.start(newSpec(Network, "UDP"))
	name, seen := exchange(v.dialDatagrams(publicB + ":80"))
	if got, _ := netip.ParseAddrPort(seen); name != "three" || got.Addr().String() != balancerB {
		t.Errorf("%q sees %q", name, seen)
	}
}
