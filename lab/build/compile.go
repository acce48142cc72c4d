package build

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// packages are the programs' main packages.
var packages = map[string]string{
	Etcd:                   "go.etcd.io/etcd/server/v3",
	APIServer:              "k8s.io/kubernetes/cmd/kube-apiserver",
	ControllerManager:      "k8s.io/kubernetes/cmd/kube-controller-manager",
	CloudController:        "k8s.io/cloud-provider-aws/cmd/aws-cloud-controller-manager",
	LoadBalancerController: "sigs.k8s.io/aws-load-balancer-controller",
	Helm:                   "helm.sh/helm/v3/cmd/helm",
	Kubectl:                "k8s.io/kubernetes/cmd/kubectl",
}

// flags of the compiler. Debug information is a quarter of what the compiler would keep. The Makefile builds the lab itself with the same,
// so that what both use is compiled once.
var flags = []string{"-trimpath", "-gcflags=all=-dwarf=false"}

// keepPrograms names the folder of the programs after all that decides what is in them.
func keepPrograms(ctx context.Context, module, cache string) (kept, error) {
	mod, err := text(module, "go.mod")
	if err != nil {
		return kept{}, err
	}
	sum, err := text(module, "go.sum")
	if err != nil {
		return kept{}, err
	}
	compiler, err := goTool(ctx, module, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return kept{}, err
	}
	return keep(cache, "programs", mod, sum, compiler, strings.Join(flags, " ")), nil
}

// compile builds the programs and copies the chart, which comes with the controller's module.
func (t *Tools) compile(ctx context.Context, module, cache string, p *progress) error {
	programs, err := keepPrograms(ctx, module, cache)
	if err != nil {
		return err
	}
	t.Bin, t.Chart = filepath.Join(programs.dir, "bin"), filepath.Join(programs.dir, "chart")
	if programs.complete() {
		return nil
	}
	return programs.make(func(string) error {
		p.begin("building Kubernetes, the controllers and Helm, once: 10 to 25 minutes on two cores")
		defer p.end()
		if err := t.build(ctx, module, p); err != nil {
			return err
		}
		dir, err := goTool(ctx, module, "list", "-m", "-f", "{{.Dir}}", packages[LoadBalancerController])
		if err != nil {
			return err
		}
		return os.CopyFS(t.Chart, os.DirFS(filepath.Join(strings.TrimSpace(dir), "helm", "aws-load-balancer-controller")))
	})
}

// build compiles all packages at once, as they share most of what they import, and names the programs.
func (t *Tools) build(ctx context.Context, module string, p *progress) error {
	version, err := goTool(ctx, module, "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	if err != nil {
		return err
	}
	args := append([]string{"build", "-v", "-o", t.Bin + string(filepath.Separator),
		"-ldflags=-s -w -X k8s.io/component-base/version.gitVersion=" + strings.TrimSpace(version)}, flags...)
	for _, name := range packages {
		args = append(args, name)
	}
	if err := os.MkdirAll(t.Bin, 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir, command.Env = module, environment()
	if err := follow(command, p); err != nil {
		return fmt.Errorf("building the lab's programs: %w", err)
	}
	for program, name := range packages {
		if made := base(name); made != program {
			if err := os.Rename(filepath.Join(t.Bin, made), t.Path(program)); err != nil {
				return fmt.Errorf("building the lab's programs: %w", err)
			}
		}
	}
	return nil
}

// base is the name that the compiler gives a program: the last element of its package that is no version.
func base(name string) string {
	if last := filepath.Base(name); last != "v3" {
		return last
	}
	return filepath.Base(filepath.Dir(name))
}

// follow runs a command that prints the name of each package as it compiles it; what else it prints is the error, if it fails.
func follow(command *exec.Cmd, p *progress) error {
	output, err := command.StderrPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	var said []string
	count := 0
	for lines := bufio.NewScanner(output); lines.Scan(); {
		line := lines.Text()
		if strings.ContainsAny(line, " :") {
			said = append(said, line)
			continue
		}
		count++
		p.step(fmt.Sprintf("%d packages, %s", count, line))
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, strings.Join(said, "\n"))
	}
	return nil
}

func environment() []string { return append(os.Environ(), "CGO_ENABLED=0") }

// goTool is what a go command prints.
func goTool(ctx context.Context, module string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir, command.Env = module, environment()
	output, err := command.Output()
	if err != nil {
		detail := ""
		if exit, ok := err.(*exec.ExitError); ok {
			detail = ": " + strings.TrimSpace(string(exit.Stderr))
		}
		return "", fmt.Errorf("go %s: %w%s", strings.Join(args, " "), err, detail)
	}
	return string(output), nil
}
