package build

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"eksnet/internal/charts"
)

// mainPackages holds the main package of each program.
var mainPackages = map[string]string{
	Etcd:                   "go.etcd.io/etcd/server/v3",
	APIServer:              "k8s.io/kubernetes/cmd/kube-apiserver",
	ControllerManager:      "k8s.io/kubernetes/cmd/kube-controller-manager",
	CloudController:        "k8s.io/cloud-provider-aws/cmd/aws-cloud-controller-manager",
	LoadBalancerController: "sigs.k8s.io/aws-load-balancer-controller",
	Helm:                   "helm.sh/helm/v3/cmd/helm",
	Kubectl:                "k8s.io/kubernetes/cmd/kubectl",
	Kubelet:                "k8s.io/kubernetes/cmd/kubelet",
	KubeProxy:              "k8s.io/kubernetes/cmd/kube-proxy",
	Scheduler:              "k8s.io/kubernetes/cmd/kube-scheduler",
	Agnhost:                "k8s.io/kubernetes/test/images/agnhost",
}

// buildFlags are the flags of go build. Debug information would be a quarter of the build cache. The Makefile builds
// the lab itself with the same flags, so that shared packages are compiled once.
var buildFlags = []string{"-trimpath", "-gcflags=all=-dwarf=false"}

// programsFolder returns the cache folder of the programs.
func programsFolder(ctx context.Context, module, cache string) (cacheFolder, error) {
	return moduleFolder(ctx, module, cache, "programs")
}

// moduleFolder returns the cache folder of what is compiled from a module. Its name depends on everything that
// determines the contents.
func moduleFolder(ctx context.Context, module, cache, kind string, more ...string) (cacheFolder, error) {
	mod, err := readModuleFile(module, "go.mod")
	if err != nil {
		return cacheFolder{}, err
	}
	sum, err := readModuleFile(module, "go.sum")
	if err != nil {
		return cacheFolder{}, err
	}
	compiler, err := goOutput(ctx, module, "env", "GOVERSION", "GOOS", "GOARCH")
	if err != nil {
		return cacheFolder{}, err
	}
	content := append([]string{mod, sum, compiler, strings.Join(buildFlags, " ")}, more...)
	return newCacheFolder(cache, kind, content...), nil
}

// compile builds the programs, and copies the charts.
func (t *Tools) compile(ctx context.Context, module, cache string, p *progress) error {
	programs, err := programsFolder(ctx, module, cache)
	if err != nil {
		return err
	}
	if err := t.copyCharts(ctx, module, cache); err != nil {
		return err
	}
	t.Bin = filepath.Join(programs.dir, "bin")
	if programs.complete() {
		return nil
	}
	return programs.create(func(string) error {
		p.begin("building Kubernetes, the controllers and Helm, once: 10 to 25 minutes on two cores")
		defer p.end()
		return t.build(ctx, module, p)
	})
}

// copyCharts copies the charts from their modules, each in the version that the list of charts or the lab's module
// has. A copy takes less than a second, so it is made each time and follows changes of the stack's own chart.
func (t *Tools) copyCharts(ctx context.Context, module, cache string) error {
	t.Charts = filepath.Join(cache, "charts")
	return charts.Copy(ctx, module, t.Charts)
}

// build compiles all programs in one command, as they share most of their imports, and renames the results.
func (t *Tools) build(ctx context.Context, module string, p *progress) error {
	version, err := goOutput(ctx, module, "list", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
	if err != nil {
		return err
	}
	args := append([]string{"build", "-v", "-o", t.Bin + string(filepath.Separator),
		"-ldflags=-s -w -X k8s.io/component-base/version.gitVersion=" + strings.TrimSpace(version)}, buildFlags...)
	for _, name := range mainPackages {
		args = append(args, name)
	}
	if err := os.MkdirAll(t.Bin, 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir, command.Env = module, buildEnv()
	if err := runWithProgress(command, p); err != nil {
		return fmt.Errorf("building the lab's programs: %w", err)
	}
	for program, name := range mainPackages {
		if made := compiledName(name); made != program {
			if err := os.Rename(filepath.Join(t.Bin, made), t.Path(program)); err != nil {
				return fmt.Errorf("building the lab's programs: %w", err)
			}
		}
	}
	return nil
}

// compiledName returns the name that the compiler gives a program: the last element of its package path that is not a
// version.
func compiledName(name string) string {
	if last := filepath.Base(name); last != "v3" {
		return last
	}
	return filepath.Base(filepath.Dir(name))
}

// runWithProgress runs a command that prints the name of each package that it compiles. If the command fails, its other
// output is part of the error.
func runWithProgress(command *exec.Cmd, p *progress) error {
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

func buildEnv() []string { return append(os.Environ(), "CGO_ENABLED=0") }

// goOutput returns the output of a go command.
func goOutput(ctx context.Context, module string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir, command.Env = module, buildEnv()
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
