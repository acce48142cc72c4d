package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"eksnet/internal/charts"
	"eksnet/lab/build"
	"eksnet/lab/rehearsed"
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
	r := l.Stack.Release
	r.Values = values
	return l.install(ctx, r, l.controllerChart())
}

// installOtherReleases installs the releases of other charts that are created when a number of objects exist.
func (l *Lab) installOtherReleases(ctx context.Context, place int) error {
	for _, r := range l.Stack.OtherReleases {
		switch {
		case r.Place != place:
		case l.RunNodes && r.ChartName() == charts.ExternalDNSTeardown:
			l.logProgress("release %s is not installed: nodes that run do not have the AWS CLI", r.Name)
		default:
			l.logProgress("installing %s with helm", r.Name)
			if err := l.Install(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Install installs or upgrades a release of one of the lab's charts, and waits until its pods are ready.
func (l *Lab) Install(ctx context.Context, r rehearsed.Release) error {
	chart := r.ChartName()
	if chart == "" {
		return fmt.Errorf("release %s: the lab has no chart %s", r.Name, r.Chart)
	}
	return l.install(ctx, withLabInterval(r), filepath.Join(l.Tools.Charts, chart))
}

// install installs a chart in a folder.
func (l *Lab) install(ctx context.Context, r rehearsed.Release, chart string) error {
	content, err := yaml.Marshal(r.Values)
	if err != nil {
		return err
	}
	file := l.path(r.Name + "-values.yaml")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return err
	}
	return l.callHelm(ctx, "upgrade", "--install", r.Name, chart, "--namespace", r.Namespace, "--values", file, "--wait", "--timeout", "60s")
}

// Uninstall deletes a release as Pulumi does, with its hooks, and waits until its objects are gone. Each hook has the
// time limit.
func (l *Lab) Uninstall(ctx context.Context, r rehearsed.Release, limit time.Duration) error {
	return l.callHelm(ctx, "uninstall", r.Name, "--namespace", r.Namespace, "--wait", "--timeout", limit.String())
}

func (l *Lab) callHelm(ctx context.Context, arguments ...string) error {
	command := exec.CommandContext(ctx, l.Tools.Path(build.Helm), append(arguments, "--kubeconfig", l.Kubeconfig())...)
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
