package cri

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"eksnet/lab/process"
)

// keptNamespaces are the kinds of namespaces of a pod, besides the network, that its containers share, by the names of
// their files in /proc and in the sandbox's folder.
var keptNamespaces = map[string]int{"uts": unix.CLONE_NEWUTS, "ipc": unix.CLONE_NEWIPC}

// createNamespaces creates the namespaces of a pod, for which files in the folder are mounts. Without an IPC namespace
// of its own the pod has that of this process.
func createNamespaces(folder, hostname string, ownIPC bool) error {
	return process.InNewThread(func() error {
		for name, kind := range keptNamespaces {
			if name == "ipc" && !ownIPC {
				continue
			}
			if err := unix.Unshare(kind); err != nil {
				return fmt.Errorf("namespace %s: %w", name, err)
			}
			if name == "uts" {
				if err := unix.Sethostname([]byte(hostname)); err != nil {
					return fmt.Errorf("hostname %q: %w", hostname, err)
				}
			}
			if err := keepNamespace(name, filepath.Join(folder, name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepNamespace makes a file keep a namespace of this thread.
func keepNamespace(name, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o444)
	if err != nil {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	file.Close()
	own := fmt.Sprintf("/proc/self/task/%d/ns/%s", unix.Gettid(), name)
	if err := unix.Mount(own, path, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("namespace %s at %s: %w", name, path, err)
	}
	return nil
}

// deleteNamespaces removes the files of createNamespaces.
func deleteNamespaces(folder string) {
	for name := range keptNamespaces {
		_ = unix.Unmount(filepath.Join(folder, name), unix.MNT_DETACH)
	}
}

// inNamespaces calls a function in the namespaces of a pod.
func inNamespaces(network process.NetworkNamespace, folder string, call func() error) error {
	return process.InNewThread(func() error {
		return network.Do(func() error {
			for name, kind := range keptNamespaces {
				file, err := os.Open(filepath.Join(folder, name))
				if os.IsNotExist(err) {
					continue
				}
				if err != nil {
					return fmt.Errorf("namespace %s: %w", name, err)
				}
				err = unix.Setns(int(file.Fd()), kind)
				file.Close()
				if err != nil {
					return fmt.Errorf("namespace %s: %w", name, err)
				}
			}
			return call()
		})
	})
}
