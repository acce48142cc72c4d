package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// compileCNI builds the program that configures nodes' networks from lab/cni, a module of its own: its AWS and
// Kubernetes libraries are newer than those of the lab's other programs.
func (t *Tools) compileCNI(ctx context.Context, module, cache string, p *progress) error {
	dir := filepath.Join(module, "cni")
	sources, err := readSources(dir)
	if err != nil {
		return err
	}
	folder, err := moduleFolder(ctx, dir, cache, "cni", sources...)
	if err != nil {
		return err
	}
	t.CNI = filepath.Join(folder.dir, "cni")
	if folder.complete() {
		return nil
	}
	return folder.create(func(string) error {
		p.begin("building AWS's CNI code, once: 2 to 5 minutes on two cores")
		defer p.end()
		args := append([]string{"build", "-v", "-o", t.CNI, "-ldflags=-s -w"}, buildFlags...)
		command := exec.CommandContext(ctx, "go", append(args, ".")...)
		command.Dir, command.Env = dir, buildEnv()
		if err := runWithProgress(command, p); err != nil {
			return fmt.Errorf("building AWS's CNI code: %w", err)
		}
		return nil
	})
}

// readSources returns the contents of a module's Go files, with their names.
func readSources(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("the lab's module: %w", err)
		}
		all = append(all, filepath.Base(file), string(content))
	}
	return all, nil
}
