package charts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// module is a Go module as the go command describes it.
type module struct{ Path, Dir, Sum, Error string }

// Locate returns the folder of each chart, by its name, in the module cache. It downloads missing modules. dir is the
// folder of the module whose go.mod file has the versions of modules that the list of charts does not pin.
func Locate(ctx context.Context, dir string) (map[string]string, error) {
	required, pinned := modulesOf(All)
	if err := download(ctx, dir, required); err != nil {
		return nil, err
	}
	modules, err := describe(ctx, dir, append([]string{"list", "-mod=mod", "-m", "-json=Path,Dir"}, required...))
	if err != nil {
		return nil, err
	}
	// Outside of a module, so that no go.sum file changes.
	others, err := describe(ctx, os.TempDir(), append([]string{"mod", "download", "-json"}, pinned...))
	if err != nil {
		return nil, err
	}
	return locate(append(modules, others...))
}

// modulesOf returns the modules of charts, each once: those whose version is in a go.mod file, and those with a
// version.
func modulesOf(all []Chart) (required, pinned []string) {
	for _, c := range all {
		if c.ModuleVersion == "" {
			required = append(required, c.Module)
		} else {
			pinned = append(pinned, c.Module+"@"+c.ModuleVersion)
		}
	}
	slices.Sort(required)
	slices.Sort(pinned)
	return slices.Compact(required), slices.Compact(pinned)
}

// locate returns the folder of each chart in its module, and refuses a module with another content.
func locate(modules []module) (map[string]string, error) {
	folders := map[string]string{}
	for _, c := range All {
		for _, m := range modules {
			if m.Path != c.Module {
				continue
			}
			if c.Sum != "" && m.Sum != c.Sum {
				return nil, fmt.Errorf("chart %s: module %s %s has checksum %s, and not %s", c.Name, c.Module, c.ModuleVersion, m.Sum, c.Sum)
			}
			folders[c.Name] = filepath.Join(m.Dir, filepath.FromSlash(c.Folder))
		}
		if folders[c.Name] == "" {
			return nil, fmt.Errorf("chart %s: the go command does not describe module %s", c.Name, c.Module)
		}
	}
	return folders, nil
}

// download downloads those of the required modules that are not local.
func download(ctx context.Context, dir string, modules []string) error {
	_, err := run(ctx, dir, append([]string{"mod", "download"}, modules...))
	return err
}

// describe returns the modules in the JSON output of a go command.
func describe(ctx context.Context, dir string, args []string) ([]module, error) {
	output, err := run(ctx, dir, args)
	if err != nil {
		return nil, err
	}
	var all []module
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var m module
		switch err := decoder.Decode(&m); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
		case m.Error != "":
			return nil, fmt.Errorf("go %s: %s", strings.Join(args, " "), m.Error)
		}
		all = append(all, m)
	}
}

func run(ctx context.Context, dir string, args []string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", args...)
	var report bytes.Buffer
	command.Dir, command.Stderr = dir, &report
	command.Env = append(os.Environ(), "GOWORK=off")
	output, err := command.Output()
	if err != nil && len(output) == 0 { // with -json the error is in the output
		return nil, fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(report.String()))
	}
	return output, nil
}

// Copy copies each chart into a folder with its name, in its published version. Files of an earlier copy are removed.
func Copy(ctx context.Context, dir, into string) error {
	folders, err := Locate(ctx, dir)
	if err != nil {
		return err
	}
	for _, c := range All {
		copied := filepath.Join(into, c.Name)
		if err := os.RemoveAll(copied); err != nil {
			return fmt.Errorf("chart %s: %w", c.Name, err)
		}
		if err := os.CopyFS(copied, os.DirFS(folders[c.Name])); err != nil {
			return fmt.Errorf("chart %s: %w", c.Name, err)
		}
		if err := c.release(copied); err != nil {
			return fmt.Errorf("chart %s: %w", c.Name, err)
		}
	}
	return nil
}

// release writes the published version into the copy of a chart that is in its module without one, as the release
// process does.
func (c Chart) release(folder string) error {
	if c.Unreleased == "" {
		return nil
	}
	file := filepath.Join(folder, "Chart.yaml")
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	version := regexp.MustCompile(`(?m)^((?:appV|v)ersion): ` + regexp.QuoteMeta(c.Unreleased) + `$`)
	if found := len(version.FindAll(content, -1)); found != 2 {
		return fmt.Errorf("%s has version %s in %d lines, and not in those of version and appVersion", file, c.Unreleased, found)
	}
	if err := os.Chmod(file, 0o644); err != nil { // files of the module cache are read-only, and so are their copies
		return err
	}
	return os.WriteFile(file, version.ReplaceAll(content, []byte("${1}: "+c.Version)), 0o644)
}
