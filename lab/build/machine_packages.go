package build

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	// unpackedFolder is the folder of a machine folder into which packages are unpacked.
	unpackedFolder = "root"
	// packageFolder is that into which they are downloaded.
	packageFolder = "packages"
)

// unpackPrograms downloads the packages of programs with the libraries that the machine lacks, unpacks them, and
// writes scripts that run the programs into bin.
func unpackPrograms(ctx context.Context, dir, bin string, programs []nodeProgram, p *progress) error {
	if len(programs) == 0 {
		return nil
	}
	var packages []string
	for _, program := range programs {
		packages = append(packages, program.pkg)
	}
	packages = slices.Compact(packages)
	p.begin("downloading " + strings.Join(packages, ", ") + " for nodes into .lab, once; the machine is not changed")
	defer p.end()
	root := filepath.Join(dir, unpackedFolder)
	files, err := downloadPackages(ctx, dir, packages)
	if err != nil {
		return err
	}
	for _, file := range files {
		if said, err := exec.CommandContext(ctx, "dpkg", "-x", file, root).CombinedOutput(); err != nil {
			return fmt.Errorf("dpkg -x %s: %w: %s", file, err, lastLine(said))
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, packageFolder)); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	libraries, err := libraryFolders(root)
	if err != nil {
		return err
	}
	for _, program := range programs {
		if err := writeScript(ctx, bin, root, libraries, program); err != nil {
			return err
		}
	}
	return nil
}

// downloadPackages downloads packages with those that they need and the machine lacks. It first uses the machine's
// lists of packages, and then, as these may be missing or old, lists of its own.
func downloadPackages(ctx context.Context, dir string, packages []string) ([]string, error) {
	into := filepath.Join(dir, packageFolder)
	state, cache := filepath.Join(dir, "apt", "state"), filepath.Join(dir, "apt", "cache")
	lists, archives := filepath.Join(state, "lists", "partial"), filepath.Join(cache, "archives", "partial")
	for _, folder := range []string{into, lists, archives} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, fmt.Errorf("cache: %w", err)
		}
	}
	defer os.RemoveAll(filepath.Dir(state))
	// The user _apt, to which apt-get changes if it is run by root, may not have access to the checkout.
	apt := aptGet{dir: into, options: []string{"-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::http::Timeout=30"}}
	if apt.download(ctx, packages) == nil {
		return filepath.Glob(filepath.Join(into, "*.deb"))
	}
	apt.options = append(apt.options, "-o", "Dir::State="+state, "-o", "Dir::Cache="+cache, "-o", "Debug::NoLocking=1")
	if _, err := apt.run(ctx, "update"); err != nil {
		return nil, err
	}
	if err := apt.download(ctx, packages); err != nil {
		return nil, err
	}
	return filepath.Glob(filepath.Join(into, "*.deb"))
}

// aptGet runs apt-get in a folder with options.
type aptGet struct {
	dir     string
	options []string
}

var installed = regexp.MustCompile(`(?m)^Inst (\S+)`)

// download downloads packages and those that they need and the machine lacks, as a simulated installation lists them.
func (a aptGet) download(ctx context.Context, packages []string) error {
	arguments := append([]string{"install", "--simulate", "--reinstall", "--no-install-recommends"}, packages...)
	said, err := a.run(ctx, arguments...)
	if err != nil {
		return err
	}
	var all []string
	for _, match := range installed.FindAllStringSubmatch(said, -1) {
		all = append(all, match[1])
	}
	if len(all) == 0 {
		return fmt.Errorf("apt-get install --simulate %s: it lists no package", strings.Join(packages, " "))
	}
	_, err = a.run(ctx, append([]string{"download"}, all...)...)
	return err
}

func (a aptGet) run(ctx context.Context, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, "apt-get", append(slices.Clone(a.options), arguments...)...)
	command.Dir, command.Env = a.dir, append(os.Environ(), "LC_ALL=C")
	said, err := command.CombinedOutput()
	if err != nil {
		if last := lastLine(said); last != "" {
			err = fmt.Errorf("%w: %s", err, last)
		}
		return "", fmt.Errorf("apt-get %s: %w", strings.Join(arguments, " "), err)
	}
	return string(said), nil
}

// libraryFolders returns the folders of shared libraries in a root folder.
func libraryFolders(root string) ([]string, error) {
	var all []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.Contains(entry.Name(), ".so.") {
			all = append(all, filepath.Dir(path))
		}
		return err
	})
	slices.Sort(all)
	return slices.Compact(all), err
}

// writeScript writes a script that runs an unpacked program with the unpacked libraries.
func writeScript(ctx context.Context, bin, root string, libraries []string, program nodeProgram) error {
	path, err := unpackedProgram(root, program)
	if err != nil {
		return err
	}
	script := "#!/bin/sh\n"
	if len(libraries) > 0 {
		script += fmt.Sprintf("LD_LIBRARY_PATH='%s'\"${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\"\nexport LD_LIBRARY_PATH\n",
			strings.Join(libraries, ":"))
	}
	if plugins, _ := filepath.Glob(filepath.Join(root, "usr", "lib", "*", "xtables")); len(plugins) > 0 {
		script += fmt.Sprintf("XTABLES_LIBDIR='%s'\nexport XTABLES_LIBDIR\n", plugins[0])
	}
	script += fmt.Sprintf("exec '%s' \"$@\"\n", path)
	file := filepath.Join(bin, program.name)
	if err := os.WriteFile(file, []byte(script), 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	return program.verify(ctx, file)
}

// unpackedProgram returns the path of a program in a root folder. It prefers the variant: the link from the program's
// name is made at installation.
func unpackedProgram(root string, program nodeProgram) (string, error) {
	for _, name := range []string{program.variant, program.name} {
		for _, folder := range []string{"usr/sbin", "usr/bin", "sbin", "bin"} {
			if path := filepath.Join(root, folder, name); name != "" && exists(path) {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("the package %s has no program %s", program.pkg, program.name)
}
