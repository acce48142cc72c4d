package build

import (
	"context"
	"io"
	"path/filepath"
)

// PrepareCheckov installs Checkov if it is missing, and returns the path of its program.
func PrepareCheckov(ctx context.Context, module, cache string, out io.Writer) (string, error) {
	unlock, err := lock(cache)
	if err != nil {
		return "", err
	}
	defer unlock()
	environment := pythonEnvironment{name: "checkov", requirements: filepath.Join(module, "checkov", "requirements.txt"), duration: "about a minute"}
	bin, err := environment.install(ctx, cache, newProgress(out))
	return filepath.Join(bin, "checkov"), err
}
