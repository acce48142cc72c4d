package scenario_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"eksnet/internal/newstack"
	"eksnet/internal/stackfile/stackfiletest"
	"eksnet/rehearsal/scenario"
)

// A stack file that eksnet init writes has a whole life, with a workload of each kind of load balancer.
func TestAStackFileOfInitIsRehearsed(t *testing.T) {
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	check(t, err)
	dir := t.TempDir()
	text, err := newstack.Text("try", "config/schema/stack-file.json", newstack.Options{
		Region: "eu-west-1", Zones: "a,b", Account: "111122223333", Endpoint: "203.0.113.7/32", CIDR: newstack.CIDR,
		InstanceTypes: newstack.InstanceTypes, Workloads: "old=clb,echo=nlb,shop=alb,gateway=gateway-alb",
	})
	check(t, err)
	stackfiletest.Write(t, dir, "Pulumi.yaml", string(project))
	stackfiletest.Write(t, dir, "Pulumi.try.yaml", string(text))
	r := openRehearsal(t, func(o *scenario.Options) { o.Root, o.Stack = dir, "try" })
	for _, operate := range []func(context.Context) scenario.Operation{r.Preview, r.Up, r.UpAgain, r.Destroy} {
		if operation := operate(context.Background()); operation.Error != "" {
			t.Fatalf("%s: %s", operation.Name, operation.Error)
		}
	}
}
