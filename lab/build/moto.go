package build

import (
	"context"
	"path/filepath"
)

// installMoto installs moto, which simulates AWS in the lab, into a virtual environment.
func (t *Tools) installMoto(ctx context.Context, module, cache string, p *progress) error {
	environment := pythonEnvironment{name: "moto", requirements: filepath.Join(module, "requirements.txt"), duration: "about a minute"}
	bin, err := environment.install(ctx, cache, p)
	t.Python = filepath.Join(bin, "python")
	return err
}
