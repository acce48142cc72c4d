//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"golang.org/x/sys/unix"

	"eksnet/lab/capture"
	"eksnet/lab/process"
)

const (
	// captureCommand prints the packets of a host of a running lab until Ctrl-C.
	captureCommand = "capture"
	// printPackets is the internal command that runs in the namespace of the host.
	printPackets = "print-packets"
)

// runCapture prints the packets of the current network namespace until ctx ends.
func runCapture(ctx context.Context) (int, error) {
	c, err := capture.Start(process.OwnNetwork)
	if err != nil {
		return statusFailed, err
	}
	defer c.Stop()
	names := map[int]string{}
	for printed := 0; ; {
		packets, err := c.Packets()
		for _, p := range packets[printed:] {
			fmt.Println(packetLine(p, interfaceName(names, p.Interface)))
		}
		printed = len(packets)
		if err != nil {
			return statusFailed, err
		}
		select {
		case <-ctx.Done():
			return statusOK, nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// interfaceName returns the name of an interface by its index, as long as it existed when it was first seen.
func interfaceName(names map[int]string, index int) string {
	if names[index] == "" {
		names[index] = fmt.Sprint("interface ", index)
		if i, err := net.InterfaceByIndex(index); err == nil {
			names[index] = i.Name
		}
	}
	return names[index]
}

// packetLine returns a packet as a line: time, interface, direction, source and destination, and what it carries.
func packetLine(p capture.Packet, name string) string {
	direction, protocol, flag := "in ", "TCP", ""
	if p.Outgoing {
		direction = "out"
	}
	if p.Protocol == unix.IPPROTO_UDP {
		protocol = "UDP"
	}
	if p.Opens {
		flag = " SYN"
	}
	return fmt.Sprintf("%s  %-15s %s  %s > %s  %s%s, %d bytes", p.Time.Format("15:04:05.000"), name, direction, p.Source, p.Destination, protocol, flag, len(p.Payload))
}
