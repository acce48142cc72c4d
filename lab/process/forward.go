package process

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

// Listen listens on a port of the machine's 127.0.0.1. The returned file is an argument of Enter, so that the command
// in the namespace can Forward it.
func Listen(port int, purpose, flag string) (*os.File, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("port %d for %s is in use (%w): end the process that listens there, or set another port with -%s", port, purpose, err, flag)
	}
	defer listener.Close()
	return listener.(*net.TCPListener).File()
}

// Forward forwards connections to a file of Listen to a port of 127.0.0.1 in this namespace, until ctx ends.
func Forward(ctx context.Context, from *os.File, port int) error {
	listener, err := net.FileListener(from)
	if err != nil {
		return fmt.Errorf("forwarding to port %d: %w", port, err)
	}
	from.Close()
	context.AfterFunc(ctx, func() { listener.Close() })
	go func() {
		for {
			outside, err := listener.Accept()
			if err != nil {
				return
			}
			go proxyConnection(outside, port)
		}
	}()
	return nil
}

func proxyConnection(outside net.Conn, port int) {
	defer outside.Close()
	inside, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return
	}
	defer inside.Close()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{outside, inside}, {inside, outside}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = way[0].(*net.TCPConn).CloseWrite()
		})
	}
	both.Wait()
}
