package cri

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	securejoin "github.com/cyphar/filepath-securejoin"
	"golang.org/x/sys/unix"
)

// machineFolders are the folders of this machine that are part of every image.
var machineFolders = []string{"bin", "etc", "lib", "lib32", "lib64", "libx32", "sbin", "usr"}

// imageFolders are further folders of every image, with their modes.
var imageFolders = map[string]os.FileMode{
	"dev": 0o755, "home": 0o755, "mnt": 0o755, "opt": 0o755, "proc": 0o555, "root": 0o700, "run": 0o755, "srv": 0o755,
	"sys": 0o555, "tmp": 0o777 | os.ModeSticky,
	"var/cache": 0o755, "var/lib": 0o755, "var/log": 0o755, "var/tmp": 0o777 | os.ModeSticky,
}

// devices are the devices of every container (github.com/opencontainers/runtime-spec, config-linux.md).
var devices = []string{"null", "zero", "full", "random", "urandom", "tty"}

// enter makes the file system of a container that of this process, which must have a mount namespace of its own.
func (r *rootSpec) enter() error {
	if err := mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	// Without devices: a container as root may have the capability to create some.
	if err := mount("tmpfs", r.Folder, "tmpfs", unix.MS_NODEV, "mode=0755"); err != nil {
		return err
	}
	root := filepath.Join(r.Folder, "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		return err
	}
	if err := mount(root, root, "", unix.MS_BIND, ""); err != nil { // pivot_root requires a mount
		return err
	}
	if err := r.createParents(); err != nil {
		return err
	}
	copies, err := r.addImage(root)
	if err != nil {
		return err
	}
	if err := addSystemFolders(root); err != nil {
		return err
	}
	for _, m := range r.Mounts {
		if err := m.addTo(root); err != nil {
			return err
		}
	}
	if err := r.hidePaths(root); err != nil {
		return err
	}
	if r.ReadOnly {
		for _, path := range append(copies, root) {
			if err := makeReadOnly(path, 0); err != nil {
				return err
			}
		}
	}
	return pivot(root)
}

// changes returns the folder of changes to a folder of this machine.
func (r *rootSpec) changes(path string) string { return filepath.Join(r.Folder, "changes", path) }

// createParents creates the folders that the container's files and mounts are in among the changes to this machine's
// folders. They are then this user's: a user namespace has no access to those of users that it does not have.
func (r *rootSpec) createParents() error {
	folders := slices.Clone(r.Writable)
	for path := range r.Files {
		folders = append(folders, filepath.Dir(path))
	}
	for path := range r.Links {
		folders = append(folders, filepath.Dir(path))
	}
	for _, m := range r.Mounts {
		folders = append(folders, filepath.Dir(m.Target))
	}
	for _, path := range folders {
		resolved, err := securejoin.SecureJoin("/", path)
		if err != nil {
			return fmt.Errorf("folder %s: %w", path, err)
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(resolved, "/"), "/")
		if !slices.Contains(machineFolders, first) {
			continue
		}
		if err := os.MkdirAll(r.changes(resolved), 0o755); err != nil {
			return fmt.Errorf("folder %s: %w", path, err)
		}
	}
	return nil
}

// addImage adds the files of the image. It returns the mounts of writable copies.
func (r *rootSpec) addImage(root string) (copies []string, err error) {
	for _, name := range machineFolders {
		copied, err := r.addMachineFolder(root, name)
		if err != nil {
			return nil, err
		}
		if copied {
			copies = append(copies, filepath.Join(root, name))
		}
	}
	for name, mode := range imageFolders {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(path, 0o755), os.Chmod(path, mode)); err != nil {
			return nil, err
		}
	}
	if err := os.Symlink("../run", filepath.Join(root, "var/run")); err != nil {
		return nil, err
	}
	return copies, r.addProgram(root)
}

// addMachineFolder adds a folder of this machine as a copy on write, or read-only where that is not possible.
func (r *rootSpec) addMachineFolder(root, name string) (copied bool, err error) {
	source, target := filepath.Join("/", name), filepath.Join(root, name)
	status, err := os.Lstat(source)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if status.Mode()&os.ModeSymlink != 0 {
		link, err := os.Readlink(source)
		if err != nil {
			return false, err
		}
		return false, os.Symlink(strings.TrimPrefix(link, "/"), target)
	}
	changes, work := r.changes(name), filepath.Join(r.Folder, "work", name)
	if err := errors.Join(os.MkdirAll(changes, 0o755), os.MkdirAll(work, 0o755), os.Mkdir(target, 0o755)); err != nil {
		return false, err
	}
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s,userxattr", source, changes, work)
	if mount("overlay", target, "overlay", unix.MS_NODEV, options) == nil {
		return true, nil
	}
	return false, bind(source, target, true) // as where another file system is mounted in the folder
}

// addProgram adds what the image has besides the folders of this machine.
func (r *rootSpec) addProgram(root string) error {
	for _, path := range r.Programs {
		if err := (mountSpec{Source: path, Target: path, ReadOnly: true}).addTo(root); err != nil {
			return err
		}
	}
	for _, path := range r.Writable {
		target, err := securejoin.SecureJoin(root, path)
		if err == nil {
			err = errors.Join(os.MkdirAll(target, 0o755), os.Chmod(target, 0o777))
		}
		if err != nil {
			return fmt.Errorf("folder %s of the image: %w", path, err)
		}
	}
	for path, content := range r.Files {
		target, err := parentInRoot(root, path)
		if err == nil {
			err = os.WriteFile(target, []byte(content), 0o755)
		}
		if err != nil {
			return fmt.Errorf("file %s of the image: %w", path, err)
		}
	}
	for path, to := range r.Links {
		target, err := parentInRoot(root, path)
		if err == nil {
			err = os.Symlink(to, target)
		}
		if err != nil {
			return fmt.Errorf("link %s of the image: %w", path, err)
		}
	}
	return nil
}

// parentInRoot returns a path of the container as one of this process, and creates the folder it is in.
func parentInRoot(root, path string) (string, error) {
	folder, err := securejoin.SecureJoin(root, filepath.Dir(path))
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, filepath.Base(path)), os.MkdirAll(folder, 0o755)
}

// addSystemFolders adds /proc, /sys and /dev.
func addSystemFolders(root string) error {
	const safe = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	if err := mount("proc", filepath.Join(root, "proc"), "proc", safe, ""); err != nil {
		return err
	}
	sys := filepath.Join(root, "sys")
	if mount("sysfs", sys, "sysfs", safe|unix.MS_RDONLY, "") != nil {
		// The kernel refuses it in a user namespace if something is mounted in this machine's /sys.
		if err := bind("/sys", sys, true); err != nil {
			return err
		}
	}
	dev := filepath.Join(root, "dev")
	if err := mount("tmpfs", dev, "tmpfs", unix.MS_NOSUID|unix.MS_NOEXEC, "mode=0755"); err != nil {
		return err
	}
	for _, name := range devices {
		path := filepath.Join("/dev", name)
		if err := (mountSpec{Source: path, Target: path}).addTo(root); err != nil {
			return err
		}
	}
	pts := filepath.Join(dev, "pts")
	if err := os.Mkdir(pts, 0o755); err != nil {
		return err
	}
	const options = "newinstance,ptmxmode=0666,mode=0620"
	if err := mount("devpts", pts, "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, options); err != nil {
		return err
	}
	links := map[string]string{"ptmx": "pts/ptmx", "fd": "/proc/self/fd",
		"stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dev, name)); err != nil {
			return err
		}
	}
	return nil
}

// hidePaths mounts empty files and folders on masked paths, and makes read-only paths read-only.
func (r *rootSpec) hidePaths(root string) error {
	for _, path := range r.MaskedPaths {
		target := filepath.Join(root, path)
		status, err := os.Stat(target)
		if err != nil {
			continue // this kernel does not have it
		}
		if status.IsDir() {
			err = mount("tmpfs", target, "tmpfs", unix.MS_RDONLY, "")
		} else {
			err = bind("/dev/null", target, false)
		}
		if err != nil {
			return err
		}
	}
	for _, path := range r.ReadOnlyPaths {
		target := filepath.Join(root, path)
		if _, err := os.Stat(target); err != nil {
			continue
		}
		if err := bind(target, target, true); err != nil {
			return err
		}
	}
	return nil
}

// addTo mounts a file or folder in the container's root. Symbolic links of the container do not lead out of it.
func (m mountSpec) addTo(root string) error {
	target, err := securejoin.SecureJoin(root, m.Target)
	if err == nil {
		err = createMountPoint(m.Source, target)
	}
	if err == nil {
		err = bind(m.Source, target, m.ReadOnly)
	}
	if err != nil {
		return fmt.Errorf("mount of %s at %s: %w", m.Source, m.Target, err)
	}
	return nil
}

// createMountPoint creates a folder if the source is one, else a file.
func createMountPoint(source, target string) error {
	status, err := os.Stat(source)
	if err != nil {
		return err
	}
	if status.IsDir() {
		return os.MkdirAll(target, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(target, os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	return file.Close()
}

func bind(source, target string, readOnly bool) error {
	if err := mount(source, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return err
	}
	if readOnly {
		return makeReadOnly(target, unix.AT_RECURSIVE)
	}
	return nil
}

func makeReadOnly(path string, flags uint) error {
	attributes := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	if err := unix.MountSetattr(unix.AT_FDCWD, path, flags, attributes); err != nil {
		return fmt.Errorf("read-only mount %s: %w", path, err)
	}
	return nil
}

func mount(source, target, kind string, flags uintptr, options string) error {
	if err := unix.Mount(source, target, kind, flags, options); err != nil {
		return fmt.Errorf("mount %s %s at %s: %w", kind, source, target, err)
	}
	return nil
}

// pivot makes a folder the root, and removes the mounts of the old one.
func pivot(root string) error {
	if err := os.Chdir(root); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil { // the old root is then mounted on the new one (pivot_root(2))
		return fmt.Errorf("pivot_root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("old root: %w", err)
	}
	return os.Chdir("/")
}
