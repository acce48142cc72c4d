package cri

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// defaultPath is the PATH of images that set none, as in containerd.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// initConfig is what RunInit does. Without Root it enters a running container.
type initConfig struct {
	Root    *rootSpec `json:",omitempty"`
	Process processSpec
}

// processSpec describes a process of a container.
type processSpec struct {
	Args, Env    []string
	Dir          string
	Terminal     bool
	User, Group  int
	Groups       []int
	Capabilities uint64 // one bit each
	NoNewPrivs   bool
}

// rootSpec describes the file system of a container.
type rootSpec struct {
	Folder   string // an empty folder, in which the file system is mounted
	Programs []string
	Writable []string
	Files    map[string]string
	Links    map[string]string
	Mounts   []mountSpec
	ReadOnly bool
	// MaskedPaths are hidden, ReadOnlyPaths are read-only: most are in /proc.
	MaskedPaths, ReadOnlyPaths []string
}

// mountSpec is a file or folder of this machine at a path of the container.
type mountSpec struct {
	Source, Target string
	ReadOnly       bool
}

// newRootSpec returns the file system of a container.
func newRootSpec(folder string, s *sandbox, config *api.ContainerConfig, program Program) *rootSpec {
	security := config.GetLinux().GetSecurityContext()
	root := &rootSpec{
		Folder: folder, Programs: program.Programs, Writable: program.Writable,
		Files: program.Files, Links: program.Links,
		ReadOnly: security.GetReadonlyRootfs(),
		Mounts: []mountSpec{
			{Source: s.path("hostname"), Target: "/etc/hostname"}, {Source: s.path("shm"), Target: "/dev/shm"},
		},
	}
	if s.config.GetDnsConfig() != nil {
		root.Mounts = append(root.Mounts, mountSpec{Source: s.path("resolv.conf"), Target: "/etc/resolv.conf"})
	}
	for _, m := range config.Mounts {
		target := path.Join("/", m.ContainerPath)
		root.Mounts = append(root.Mounts, mountSpec{Source: m.HostPath, Target: target, ReadOnly: m.Readonly})
	}
	// A mount in a folder that is a mount itself comes after it.
	slices.SortStableFunc(root.Mounts, func(a, b mountSpec) int {
		return cmp.Compare(strings.Count(a.Target, "/"), strings.Count(b.Target, "/"))
	})
	if !security.GetPrivileged() {
		root.MaskedPaths, root.ReadOnlyPaths = security.GetMaskedPaths(), security.GetReadonlyPaths()
	}
	return root
}

// newProcessSpec returns the process of a container: command and arguments of the pod replace those of the image as
// Kubernetes documents it (kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container).
func newProcessSpec(hostname string, config *api.ContainerConfig, program Program) (processSpec, error) {
	command, args := config.Command, config.Args
	if len(command) == 0 {
		command = program.Command
		if len(args) == 0 {
			args = program.Args
		}
	}
	security := config.GetLinux().GetSecurityContext()
	if name := security.GetRunAsUsername(); name != "" {
		return processSpec{}, fmt.Errorf("user name %q: the lab's container runtime accepts user IDs only", name)
	}
	spec := processSpec{
		Args: slices.Concat(command, args), Terminal: config.Tty,
		Dir:  cmp.Or(config.WorkingDir, program.WorkingDir, "/"),
		User: int(program.User), Capabilities: keptCapabilities(security), NoNewPrivs: security.GetNoNewPrivs(),
	}
	if len(spec.Args) == 0 {
		image := config.GetImage().GetUserSpecifiedImage()
		return processSpec{}, fmt.Errorf("image %s has no command: set the container's command", image)
	}
	if security.GetRunAsUser() != nil {
		spec.User = int(security.RunAsUser.Value)
	}
	if security.GetRunAsGroup() != nil {
		spec.Group = int(security.RunAsGroup.Value)
	}
	for _, group := range security.GetSupplementalGroups() {
		spec.Groups = append(spec.Groups, int(group))
	}
	spec.Env = newEnvironment(hostname, spec, config, program)
	return spec, nil
}

// newEnvironment returns the environment of a container. Of variables with the same name the last one counts.
func newEnvironment(hostname string, spec processSpec, config *api.ContainerConfig, program Program) []string {
	home := "/"
	if spec.User == 0 {
		home = "/root"
	}
	all := []string{"PATH=" + defaultPath, "HOSTNAME=" + hostname, "HOME=" + home}
	if spec.Terminal {
		all = append(all, "TERM=xterm")
	}
	all = append(all, program.Env...)
	for _, variable := range config.Envs {
		all = append(all, variable.Key+"="+variable.Value)
	}
	last := map[string]int{}
	for i, variable := range all {
		name, _, _ := strings.Cut(variable, "=")
		last[name] = i
	}
	var env []string
	for i, variable := range all {
		if name, _, _ := strings.Cut(variable, "="); last[name] == i {
			env = append(env, variable)
		}
	}
	return env
}
