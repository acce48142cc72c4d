package build

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	// providerModule is the module of the provider's sources, and providerSDK that of the program's SDK, whose version
	// the provider reports.
	providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4"
	providerSDK    = "github.com/pulumi/pulumi-kubernetes/sdk/v4"
	// providerSchema is the file that lab/provider reads beside its program.
	providerSchema = "schema.json"
)

// compileProvider builds Pulumi's Kubernetes provider from lab/provider, a module of its own: its Kubernetes libraries
// are older than those of the lab's other programs.
func (t *Tools) compileProvider(ctx context.Context, module, cache string, p *progress) error {
	dir := filepath.Join(module, "provider")
	version, err := goOutput(ctx, filepath.Dir(module), "list", "-m", "-f", "{{.Version}}", providerSDK)
	if err != nil {
		return err
	}
	version = strings.TrimPrefix(strings.TrimSpace(version), "v")
	source, err := readModuleFile(dir, "main.go")
	if err != nil {
		return err
	}
	folder, err := moduleFolder(ctx, dir, cache, "provider", version, source)
	if err != nil {
		return err
	}
	t.Provider = filepath.Join(folder.dir, "pulumi-resource-kubernetes")
	if folder.complete() {
		return nil
	}
	return folder.create(func(into string) error {
		p.begin("building Pulumi's Kubernetes provider, once: 5 to 15 minutes on two cores")
		defer p.end()
		args := append([]string{"build", "-v", "-o", t.Provider, "-ldflags=-s -w -X " + providerModule + "/pkg/version.Version=" + version}, buildFlags...)
		command := exec.CommandContext(ctx, "go", append(args, ".")...)
		command.Dir, command.Env = dir, buildEnv()
		if err := runWithProgress(command, p); err != nil {
			return fmt.Errorf("building the Kubernetes provider: %w", err)
		}
		sources, err := goOutput(ctx, dir, "list", "-m", "-f", "{{.Dir}}", providerModule)
		if err != nil {
			return err
		}
		schema, err := os.ReadFile(filepath.Join(strings.TrimSpace(sources), "cmd", "pulumi-resource-kubernetes", providerSchema))
		if err != nil {
			return fmt.Errorf("the provider's schema: %w", err)
		}
		return os.WriteFile(filepath.Join(into, providerSchema), schema, 0o644)
	})
}
