package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"eksnet/internal/charts"
	"eksnet/lab/build"
)

// installRelease installs the controller's chart with the Release's values, and waits until it is ready.
func (l *Lab) installRelease(ctx context.Context) error {
	if err := l.checkVersion(); err != nil {
		return err
	}
	l.logProgress("installing the load balancer controller with helm")
	return l.Release(ctx, l.Stack.Release.Values)
}

// controllerChart returns the folder of the load balancer controller's chart.
func (l *Lab) controllerChart() string {
	return filepath.Join(l.Tools.Charts, charts.LoadBalancerController)
}

// checkVersion returns an error if the stack's controller version is not the built one.
func (l *Lab) checkVersion() error {
	content, err := os.ReadFile(filepath.Join(l.controllerChart(), "Chart.yaml"))
	if err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	var chart struct{ Version string }
	if err := yaml.Unmarshal(content, &chart); err != nil {
		return fmt.Errorf("chart: %w", err)
	}
	if wanted := l.Stack.Release.Version; wanted != chart.Version {
		return fmt.Errorf("stack %s has version %s of the load balancer controller, and the lab %s: remove addons.loadBalancerController.version from the stack file, or pin that version in lab/go.mod",
			l.Stack.Name, wanted, chart.Version)
	}
	return nil
}

// Release installs or upgrades the controller's release with these values, and waits until its pods are ready.
func (l *Lab) Release(ctx context.Context, values map[string]any) error {
	content, err := yaml.Marshal(values)
	if err != nil {
		return err
	}
	file := l.path("values.yaml")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return err
	}
	r := l.Stack.Release
	command := exec.CommandContext(ctx, l.Tools.Path(build.Helm), "upgrade", "--install", r.Name, l.controllerChart(), "--namespace", r.Namespace, "--values", file,
		"--kubeconfig", l.Kubeconfig(), "--wait", "--timeout", "60s")
	command.Env = []string{"HOME=" + l.path("helm")}
	output, err := command.CombinedOutput()
	if writing := os.WriteFile(l.group.Log(build.Helm), output, 0o644); writing != nil {
		return writing
	}
	if err != nil {
		return fmt.Errorf("helm: %w: %s", err, strings.TrimSpace(string(output)))
	}
	return nil
}
