package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAProcessHasEmptyFoldersOfItsOwnAndSharesItsMounts(t *testing.T) {
	skipWithoutNamespaces(t)
	if said, err := runInside(t, t.Context(), "mounts"); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

func TestAKubeletFindsTheKernelSettingsThatItWants(t *testing.T) {
	skipWithoutNamespaces(t)
	before, err := os.ReadFile("/proc/sys/kernel/panic")
	if err != nil {
		t.Fatal(err)
	}
	if said, err := runInside(t, t.Context(), "kernel"); err != nil {
		t.Errorf("%v: %s", err, said)
	}
	if after, err := os.ReadFile("/proc/sys/kernel/panic"); err != nil || string(after) != string(before) {
		t.Errorf("the machine has %s (%v) after %s", after, err, before)
	}
}

// readKernelSettings compares the kernel settings with those that a kubelet wants.
func readKernelSettings() int {
	if err := SetUpMounts(); err != nil {
		return fail(err)
	}
	for name, want := range kernelSettings {
		got, err := os.ReadFile(filepath.Join("/proc/sys", name))
		if err != nil && !os.IsNotExist(err) || err == nil && strings.TrimSpace(string(got)) != want {
			return fail(fmt.Errorf("%s is %q (%v), want %s", name, got, err, want))
		}
	}
	return 0
}

// startWithEmptyFolder starts a process that writes into an empty folder of its own, and mounts below a shared one.
func startWithEmptyFolder() int {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return fail(err)
	}
	defer os.RemoveAll(dir)
	own, shared := filepath.Join(dir, "own"), filepath.Join(dir, "shared")
	for _, folder := range []string{own, filepath.Join(shared, "volume")} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return fail(err)
		}
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fail(err)
	}
	if err := ShareMounts(shared); err != nil {
		return fail(err)
	}
	if err := os.WriteFile(filepath.Join(own, "other"), nil, 0o644); err != nil {
		return fail(err)
	}
	const script = `[ ! -e own/other ] && touch own/file && mount -t tmpfs tmpfs shared/volume && touch shared/volume/file`
	p, err := startProcess(Spec{Name: "script", Path: "/bin/sh", Args: []string{"-c", "cd " + dir + " && " + script},
		Env: []string{"PATH=" + os.Getenv("PATH")}, EmptyFolders: []string{own}}, filepath.Join(dir, "log"))
	if err != nil {
		return fail(err)
	}
	<-p.ended
	if p.status != nil {
		return fail(p.unexpectedEnd())
	}
	if _, err := os.Stat(filepath.Join(own, "file")); err == nil {
		return fail(fmt.Errorf("the folder of the process is not its own"))
	}
	if _, err := os.Stat(filepath.Join(shared, "volume", "file")); err != nil {
		return fail(fmt.Errorf("its mount is not shared: %w", err))
	}
	_ = unix.Unmount(filepath.Join(shared, "volume"), 0)
	_ = unix.Unmount(shared, 0)
	return 0
}

// fail prints an error, and returns the status of a failed role.
func fail(err error) int {
	fmt.Println(err)
	return 1
}

func TestACheckoutThatNodesWouldNotSeeIsRefused(t *testing.T) {
	for path, accepted := range map[string]bool{"/home/user/eksnet": true, "/var/libs/eksnet": true, "/var/lib/ci/eksnet": false, "/run": false} {
		if err := CheckFolder(path); (err == nil) != accepted {
			t.Errorf("%s: %v", path, err)
		}
	}
}
