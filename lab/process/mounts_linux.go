package process

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// emptyFolders are empty for the processes of nodes: their programs write there whatever their configuration.
var emptyFolders = []string{"/run", "/var/lib", "/var/log"}

// CheckFolder returns an error if SetUpMounts would hide a folder.
func CheckFolder(path string) error {
	for _, hidden := range emptyFolders {
		if path == hidden || strings.HasPrefix(path, hidden+"/") {
			return fmt.Errorf("%s is below %s, which is empty for nodes: move it to another folder", path, hidden)
		}
	}
	return nil
}

// SetUpMounts gives the processes of this mount namespace a /proc of their PID namespace, and empties some
// folders for them. The machine's are not changed.
func SetUpMounts() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mounts: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("/proc of the namespace: %w: a container may allow it with --security-opt systempaths=unconfined", err)
	}
	// A kubelet sets these for the whole machine, and ignores that it cannot.
	for _, path := range []string{"/proc/sys/kernel", "/proc/sys/vm"} {
		if err := mountReadOnly(path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	for _, path := range emptyFolders {
		if err := unix.Mount("tmpfs", path, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755"); err != nil {
			return fmt.Errorf("an empty %s: %w", path, err)
		}
	}
	return nil
}

func mountReadOnly(path string) error {
	if err := unix.Mount(path, path, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	const flags = unix.MS_BIND | unix.MS_REMOUNT | unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	return unix.Mount("", path, "", flags, "")
}

// ShareMounts makes a folder a mount. What a process with EmptyFolders mounts below it is mounted for this process too.
func ShareMounts(folder string) error {
	if err := unix.Mount(folder, folder, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount of %s: %w", folder, err)
	}
	if err := unix.Mount("", folder, "", unix.MS_SHARED, ""); err != nil {
		return fmt.Errorf("shared mount of %s: %w", folder, err)
	}
	return nil
}

// coverFolders gives this thread a mount namespace, and in it empty folders in the place of some.
func coverFolders(folders []string) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("mount namespace: %w", err)
	}
	for _, folder := range folders {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := unix.Mount("tmpfs", folder, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755"); err != nil {
			return fmt.Errorf("an empty %s: %w", folder, err)
		}
	}
	return nil
}
