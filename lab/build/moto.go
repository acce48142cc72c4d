package build

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// oldestPython is the oldest version that every package in requirements.txt supports.
const oldestPython = "3.11"

var errPython = errors.New("the lab simulates AWS with moto, which needs Python " + oldestPython + " or newer with venv and pip: install it (Debian: apt install python3-venv) and start again")

// installMoto creates a virtual environment with moto.
func (t *Tools) installMoto(ctx context.Context, module, cache string, p *progress) error {
	version, err := pythonVersion(ctx)
	if err != nil {
		return err
	}
	requirements, err := readModuleFile(module, "requirements.txt")
	if err != nil {
		return err
	}
	environment := newCacheFolder(cache, "moto", requirements, version)
	t.Python = filepath.Join(environment.dir, "bin", "python")
	if environment.complete() {
		return nil
	}
	return environment.create(func(dir string) error {
		p.begin("installing moto, once: about a minute")
		defer p.end()
		if said, err := exec.CommandContext(ctx, "python3", "-m", "venv", dir).CombinedOutput(); err != nil {
			return fmt.Errorf("%w (python3 -m venv: %w: %s)", errPython, err, strings.TrimSpace(string(said)))
		}
		install := exec.CommandContext(ctx, t.Python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
			"--require-hashes", "--only-binary", ":all:", "-r", filepath.Join(module, "requirements.txt"))
		if said, err := install.CombinedOutput(); err != nil {
			return fmt.Errorf("installing moto: pip: %w: %s", err, strings.TrimSpace(string(said)))
		}
		return nil
	})
}

// pythonVersion returns the path and version of the interpreter, on which the installed packages depend.
func pythonVersion(ctx context.Context) (string, error) {
	path, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("%w (%w)", errPython, err)
	}
	script := "import sys; print(sys.version); sys.exit(sys.version_info < (" + strings.ReplaceAll(oldestPython, ".", ",") + "))"
	version, err := exec.CommandContext(ctx, path, "-c", script).Output()
	if err != nil {
		found, _, _ := strings.Cut(string(version), " ")
		return "", fmt.Errorf("%w (%s is %s)", errPython, path, strings.TrimSpace(found))
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", fmt.Errorf("%w (%w)", errPython, err)
	}
	return path + " " + string(version), nil
}
