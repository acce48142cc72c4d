package scenario_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
	"eksnet/rehearsal/scenario"
)

// Without NAT the agent reaches EKS Auth by its endpoint, and in an IPv6 cluster the CNI has a policy of its own.
func TestPodIdentityWorksWithoutNATAndInAnIPv6Cluster(t *testing.T) {
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	check(t, err)
	for _, name := range []string{"prod-eu-central-1", "dev-eu-north-1"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(root, "Pulumi."+name+".yaml"))
			check(t, err)
			const cluster = "  eksnet:cluster:\n"
			if !strings.Contains(string(text), cluster) {
				t.Fatalf("%s has no %s", name, cluster)
			}
			dir := t.TempDir()
			stackfiletest.Write(t, dir, "Pulumi.yaml", string(project))
			stackfiletest.Write(t, dir, "Pulumi."+name+".yaml", strings.Replace(string(text), cluster, cluster+"    identity: podIdentity\n", 1))
			r := openRehearsal(t, func(o *scenario.Options) { o.Root, o.Stack = dir, name })
			for _, operate := range []func(context.Context) scenario.Operation{r.Preview, r.Up, r.UpAgain, r.Destroy} {
				if operation := operate(context.Background()); operation.Error != "" {
					t.Fatalf("%s: %s", operation.Name, operation.Error)
				}
			}
		})
	}
}
