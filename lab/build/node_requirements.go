package build

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// nodeProgram is a program of the machine that nodes use.
type nodeProgram struct {
	name string
	// pkg is its package in Debian and Ubuntu.
	pkg string
	// variant is the name of the program with the nf_tables backend, which may exist beside one with another backend.
	variant string
	// tool reports whether the program is only for use by hand, in pods of netshoot and on nodes. Nodes run without it.
	tool bool
	// check holds the arguments with which the program prints its version, and output a part of what it prints.
	check, output string
}

// nodePrograms are the programs that AWS's CNI code, kube-proxy and the samples use, nsenter for a shell on a node, and
// tools.
var nodePrograms = []nodeProgram{
	iptables("iptables"), iptables("iptables-save"), iptables("iptables-restore"),
	iptables("ip6tables"), iptables("ip6tables-save"), iptables("ip6tables-restore"),
	{name: "nft", pkg: "nftables", check: "--version", output: "nftables"},
	{name: "nginx", pkg: "nginx", check: "-v", output: "nginx"},
	{name: "nsenter", pkg: "util-linux", check: "--version", output: "util-linux"},
	{name: "curl", pkg: "curl", tool: true, check: "--version", output: "curl"},
	{name: "ip", pkg: "iproute2", tool: true, check: "-V", output: "iproute2"},
	{name: "iperf3", pkg: "iperf3", tool: true, check: "--version", output: "iperf"},
	{name: "ping", pkg: "iputils-ping", tool: true, check: "-V", output: "iputils"},
	{name: "tcpdump", pkg: "tcpdump", tool: true, check: "--version", output: "tcpdump"},
}

// iptables returns a program of the package iptables. The lab needs the nf_tables backend, because an ordinary user
// cannot load the modules of the other one.
func iptables(name string) nodeProgram {
	family, operation, _ := strings.Cut(name, "-")
	variant := strings.TrimSuffix(family+"-nft-"+operation, "-")
	return nodeProgram{name: name, pkg: "iptables", variant: variant, check: "--version", output: "nf_tables"}
}

// prepareMachine finds the programs of nodes. It creates a folder for those that are not on PATH or have another name,
// and downloads the packages of those that the machine lacks into the cache: the machine is not changed.
func (t *Tools) prepareMachine(ctx context.Context, cache string, p *progress) error {
	found, missing := findNodePrograms(ctx, cache)
	if len(found) == 0 && len(missing) == 0 {
		return nil
	}
	system, err := os.ReadFile("/etc/os-release")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the machine's system: %w", err)
	}
	content := []string{string(system)}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		content = append(content, name, found[name])
	}
	for _, program := range missing {
		content = append(content, program.name)
	}
	folder := newCacheFolder(cache, "machine", content...)
	t.Machine = filepath.Join(folder.dir, "bin")
	if folder.complete() {
		return nil
	}
	return folder.create(func(dir string) error {
		if err := linkPrograms(t.Machine, found); err != nil {
			return err
		}
		required, tools := divideTools(missing)
		if err := unpackPrograms(ctx, dir, t.Machine, required, p); err != nil {
			return missingProgramsError(required, err)
		}
		if err := unpackPrograms(ctx, dir, t.Machine, tools, p); err != nil && ctx.Err() == nil {
			names, packages := describePrograms(tools)
			fmt.Fprintf(p.out, "   nodes run without the tools %s, of the packages %s: %v\n", names, packages, err)
		}
		return ctx.Err()
	})
}

// divideTools returns the programs that nodes need, and the tools.
func divideTools(programs []nodeProgram) (required, tools []nodeProgram) {
	for _, program := range programs {
		if program.tool {
			tools = append(tools, program)
		} else {
			required = append(required, program)
		}
	}
	return required, tools
}

// MachineFile returns the path of a file or folder of the packages that nodes use, such as /etc/nginx. It is in the
// cache if the package was downloaded.
func (t *Tools) MachineFile(path string) string {
	if t.Machine != "" {
		if unpacked := filepath.Join(filepath.Dir(t.Machine), unpackedFolder, path); exists(unpacked) {
			return unpacked
		}
	}
	return path
}

// findNodePrograms returns the paths of programs that the machine has, but not on PATH by their name, and the programs
// that it lacks.
func findNodePrograms(ctx context.Context, cache string) (found map[string]string, missing []nodeProgram) {
	found = map[string]string{}
	for _, program := range nodePrograms {
		path, onPath := program.find(ctx, cache)
		switch {
		case path == "":
			missing = append(missing, program)
		case !onPath:
			found[program.name] = path
		}
	}
	return found, missing
}

// systemFolders are searched after PATH, because PATH of an ordinary user may lack them.
var systemFolders = []string{"/usr/sbin", "/sbin"}

// find returns the path of a program that works, and whether its name on PATH is that program.
func (program nodeProgram) find(ctx context.Context, cache string) (path string, onPath bool) {
	folders := filepath.SplitList(os.Getenv("PATH"))
	count := len(folders)
	first := true
	for i, folder := range append(folders, systemFolders...) {
		if !filepath.IsAbs(folder) || strings.HasPrefix(folder, cache+string(filepath.Separator)) {
			continue
		}
		for _, name := range []string{program.name, program.variant} {
			path := filepath.Join(folder, name)
			if name == "" || !exists(path) {
				continue
			}
			if program.works(ctx, path) {
				return path, first && i < count && name == program.name
			}
			first = false
		}
	}
	return "", false
}

// works reports whether a program can be started and has the backend that nodes need.
func (program nodeProgram) works(ctx context.Context, path string) bool {
	return program.verify(ctx, path) == nil
}

// verify returns an error if a program cannot be started, or has another backend than nodes need.
func (program nodeProgram) verify(ctx context.Context, path string) error {
	said, err := exec.CommandContext(ctx, path, program.check).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", path, program.check, err, lastLine(said))
	}
	if !strings.Contains(string(said), program.output) {
		return fmt.Errorf("%s %s: %q, want %s", path, program.check, lastLine(said), program.output)
	}
	return nil
}

// linkPrograms creates a folder with a link for each program.
func linkPrograms(dir string, paths map[string]string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	for name, path := range paths {
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("cache: %w", err)
		}
	}
	return nil
}

// missingProgramsError returns an error with the programs that are missing and the packages to install.
func missingProgramsError(missing []nodeProgram, reason error) error {
	names, packages := describePrograms(missing)
	return fmt.Errorf("nodes of the lab need %s, which this machine lacks: install the packages %s (Debian: apt install "+
		"%s) and start again; downloading them failed: %w",
		names, packages, strings.ReplaceAll(packages, ",", ""), reason)
}

// describePrograms returns the names of programs and of their packages.
func describePrograms(programs []nodeProgram) (names, packages string) {
	var allNames, allPackages []string
	for _, program := range programs {
		allNames = append(allNames, program.name)
		allPackages = append(allPackages, program.pkg)
	}
	return strings.Join(allNames, ", "), strings.Join(slices.Compact(allPackages), ", ")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
