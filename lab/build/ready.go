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

// Built reports whether the programs that Prepare compiles are complete.
func Built(ctx context.Context, module, cache string) (bool, error) {
	programs, err := keepPrograms(ctx, module, cache)
	return err == nil && programs.complete(), err
}

// Installable reports what keeps Prepare from installing moto, nil for nothing: a Python that is missing or old, or no way to PyPI.
func Installable(ctx context.Context, module, cache string) error {
	version, err := pythonVersion(ctx)
	if err != nil {
		return err
	}
	requirements, err := text(module, "requirements.txt")
	if err != nil || keep(cache, "moto", requirements, version).complete() {
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

// lastLine is where a program says what went wrong.
func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return lines[len(lines)-1]
}
