package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// NetworkNamespace is the path of a file that keeps a network namespace, "" for the one of this process.
type NetworkNamespace string

// OwnNetwork is the network namespace of this process, also where a file is required.
const OwnNetwork NetworkNamespace = "/proc/self/ns/net"

// The main thread is that of OwnNetwork, and the one whose namespaces other processes see, so no call of Do uses it.
func init() { runtime.LockOSThread() }

// CreateNetworkNamespace creates a network namespace that has only a loopback interface, which is up. The file must not
// exist.
func CreateNetworkNamespace(path string) (NetworkNamespace, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o444)
	if err != nil {
		return "", fmt.Errorf("network namespace: %w", err)
	}
	file.Close()
	err = InNewThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		if err := setUp("lo"); err != nil {
			return err
		}
		own := fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid())
		return unix.Mount(own, path, "", unix.MS_BIND, "")
	})
	if err != nil {
		os.Remove(path)
		return "", fmt.Errorf("network namespace %s: %w", path, err)
	}
	return NetworkNamespace(path), nil
}

// Delete removes the file. The namespace ends with its last process.
func (n NetworkNamespace) Delete() error {
	return errors.Join(unix.Unmount(string(n), unix.MNT_DETACH), os.Remove(string(n)))
}

// Do calls a function in the namespace. Sockets that it opens and processes that it starts belong to the namespace.
func (n NetworkNamespace) Do(call func() error) error {
	if n == "" {
		return call()
	}
	return InNewThread(func() error {
		file, err := os.Open(string(n))
		if err != nil {
			return fmt.Errorf("network namespace: %w", err)
		}
		defer file.Close()
		if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("network namespace %s: %w", n, err)
		}
		return call()
	})
}

// DialContext connects from the namespace. The address is numeric: names are not resolved in it.
func (n NetworkNamespace) DialContext(ctx context.Context, network, address string) (connection net.Conn, err error) {
	err = n.Do(func() (err error) {
		connection, err = new(net.Dialer).DialContext(ctx, network, address)
		return err
	})
	return connection, err
}

// HTTPClient returns a client for servers with numeric addresses, which connects from the namespace.
func (n NetworkNamespace) HTTPClient() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: n.DialContext, DisableKeepAlives: true}}
}

// InNewThread calls a function in a thread that ends with it, because its namespaces are not those of the process.
func InNewThread(call func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		done <- call()
	}()
	return <-done
}

func setUp(name string) error {
	link, err := netlink.LinkByName(name)
	if err == nil {
		err = netlink.LinkSetUp(link)
	}
	return err
}
