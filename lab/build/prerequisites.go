package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// IsBuilt reports whether the programs that Prepare compiles are complete.
func IsBuilt(ctx context.Context, module, cache string) (bool, error) {
	programs, err := programsFolder(ctx, module, cache)
	return err == nil && programs.complete(), err
}

// CheckMoto returns an error if Prepare could not install moto, because Python is missing or too old, or PyPI is not
// reachable.
func CheckMoto(ctx context.Context, module, cache string) error {
	version, err := pythonVersion(ctx)
	if err != nil {
		return err
	}
	requirements, err := readModuleFile(module, "requirements.txt")
	if err != nil || newCacheFolder(cache, "moto", requirements, version).complete() {
		return err
	}
	dir, err := os.MkdirTemp("", "lab-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if said, err := exec.CommandContext(ctx, "python3", "-m", "venv", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("%w (python3 -m venv: %s)", errPython, lastLine(said))
	}
	moto := regexp.MustCompile(`(?m)^moto==\S+`).FindString(requirements)
	download := exec.CommandContext(ctx, filepath.Join(dir, "bin", "pip"), "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", dir, moto)
	if said, err := download.CombinedOutput(); err != nil {
		return fmt.Errorf("PyPI has no %s for this machine: pip: %s", moto, lastLine(said))
	}
	return nil
}

// lastLine returns the last line of a program's output, which states the error.
func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return lines[len(lines)-1]
}
