package process

import (
	"fmt"
	"os"
	"path/filepath"
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
	// A kubelet would set these for the whole machine.
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
	return coverKernelSettings("/run/kernel")
}

// kernelSettings are the values that a kubelet wants below /proc/sys. In a user namespace it ignores that it cannot set
// them, and otherwise it ends (k8s.io/kubernetes v1.35.4, pkg/kubelet/cm/container_manager_linux.go,
// setupKernelTunables).
var kernelSettings = map[string]string{
	"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1",
	"kernel/keys/root_maxkeys": "1000000", "kernel/keys/root_maxbytes": "25000000",
}

// coverKernelSettings mounts files with the values that a kubelet wants over those of the machine, which keep theirs.
// The files are in a new folder.
func coverKernelSettings(folder string) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return fmt.Errorf("kernel settings: %w", err)
	}
	for name, value := range kernelSettings {
		file, setting := filepath.Join(folder, filepath.Base(name)), filepath.Join("/proc/sys", name)
		if _, err := os.Stat(setting); err != nil {
			continue // this kernel does not have it
		}
		err := os.WriteFile(file, []byte(value+"\n"), 0o444)
		if err == nil {
			err = unix.Mount(file, setting, "", unix.MS_BIND, "")
		}
		if err != nil {
			return fmt.Errorf("kernel setting %s: %w", setting, err)
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
