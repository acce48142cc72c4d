package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// compileNodePrograms builds the programs of nodes that are modules of their own, because their AWS and Kubernetes
// libraries are not those of the lab's other programs.
func (t *Tools) compileNodePrograms(ctx context.Context, module, cache string, p *progress) (err error) {
	if t.CNI, err = compileModule(ctx, filepath.Join(module, "cni"), cache, "AWS's CNI code", minutes, p); err != nil {
		return err
	}
	if err = t.copyCNIManifests(ctx, filepath.Join(module, "cni"), cache); err != nil {
		return err
	}
	t.CoreDNS, err = compileModule(ctx, filepath.Join(module, "coredns"), cache, "CoreDNS", minutes, p)
	return err
}

// minutes is how long the programs of nodes take.
const minutes = "1 to 5 minutes"

// compileModule builds the program of a module in a folder, and returns its path. Both have the name of the folder. The
// programs of the module's tool directives are beside it.
func compileModule(ctx context.Context, dir, cache, title, duration string, p *progress) (string, error) {
	sources, err := readSources(dir)
	if err != nil {
		return "", err
	}
	name := filepath.Base(dir)
	folder, err := moduleFolder(ctx, dir, cache, name, sources...)
	if err != nil {
		return "", err
	}
	program := filepath.Join(folder.dir, name)
	if folder.complete() {
		return program, nil
	}
	return program, folder.create(func(string) error {
		p.begin("building " + title + ", once: " + duration + " on two cores")
		defer p.end()
		args := append([]string{"build", "-v", "-o", folder.dir + string(filepath.Separator), "-ldflags=-s -w"}, buildFlags...)
		command := exec.CommandContext(ctx, "go", append(args, ".", "tool")...)
		command.Dir, command.Env = dir, buildEnv()
		if err := runWithProgress(command, p); err != nil {
			return fmt.Errorf("building %s: %w", title, err)
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
