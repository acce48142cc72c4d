package build

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// oldestPython is the oldest version that every package in the requirements supports.
const oldestPython = "3.11"

var errPython = errors.New("missing Python " + oldestPython + " or newer with venv and pip: install it (Debian: apt install python3-venv) and start again")

// pythonEnvironment is a virtual environment with the packages of a requirements file.
type pythonEnvironment struct {
	// name is what is installed, and requirements the file with its packages and their hashes.
	name, requirements string
	// duration is how long it takes, such as "about a minute".
	duration string
}

// install creates the environment in a folder of the cache, and returns the folder of its programs.
func (e pythonEnvironment) install(ctx context.Context, cache string, p *progress) (bin string, err error) {
	version, err := pythonVersion(ctx)
	if err != nil {
		return "", err
	}
	requirements, err := readModuleFile(filepath.Dir(e.requirements), filepath.Base(e.requirements))
	if err != nil {
		return "", err
	}
	folder := newCacheFolder(cache, e.name, requirements, version)
	bin = filepath.Join(folder.dir, "bin")
	if folder.complete() {
		return bin, nil
	}
	return bin, folder.create(func(dir string) error {
		p.begin("installing " + e.name + ", once: " + e.duration)
		defer p.end()
		if said, err := exec.CommandContext(ctx, "python3", "-m", "venv", dir).CombinedOutput(); err != nil {
			return fmt.Errorf("%w (python3 -m venv: %w: %s)", errPython, err, strings.TrimSpace(string(said)))
		}
		install := exec.CommandContext(ctx, filepath.Join(bin, "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
			"--require-hashes", "--only-binary", ":all:", "-r", e.requirements)
		if said, err := install.CombinedOutput(); err != nil {
			return fmt.Errorf("installing %s: pip: %w: %s", e.name, err, strings.TrimSpace(string(said)))
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
