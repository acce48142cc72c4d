package scenario_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"eksnet/rehearsal/scenario"
)

// The program refuses changes that replace the cluster (plan.CheckExisting): the engine closes the provider of the old
// cluster before it deletes the objects in it.
func TestAReplacementOfTheClusterFailsAtItsFirstObject(t *testing.T) {
	t.Parallel()
	dir, project := copyBuilt(t), t.TempDir()
	saveProject(t, project, loadConfig(t, "changes"))
	r := openRehearsal(t, func(o *scenario.Options) {
		o.Dir, o.Root, o.Stack = dir, project, "changes"
		o.Edit = func(request *pulumirpc.RegisterResourceRequest) {
			if request.Type == "aws:eks/cluster:Cluster" {
				delete(request.Object.Fields, "encryptionConfig")
			}
		}
	})
	if preview := r.Preview(context.Background()); preview.Error != "" || !slices.Contains(changedLines(preview), "replace Cluster changes-eksCluster (encryptionConfig)") {
		t.Errorf("preview: %s, %v", preview.Error, changedLines(preview))
	}
	up := r.Up(context.Background())
	if !strings.Contains(up.Error, "the client connection is closing") || up.Deleted+up.Replaced > 0 {
		t.Errorf("up deletes %d and replaces %d: %s", up.Deleted, up.Replaced, up.Error)
	}
	if destroy := r.Destroy(context.Background()); destroy.Error != "" {
		t.Errorf("destroy reports %s", destroy.Error)
	}
}

func TestWhatEKSCannotChangeIsRefusedBeforeAnythingChanges(t *testing.T) {
	t.Parallel()
	dir, project, values := copyBuilt(t), t.TempDir(), loadConfig(t, "changes")
	applyEdits(t, values, setKey("cluster.secretsEncryption", "false"), setKey("cluster.serviceCidr", "10.100.0.0/16"))
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	for _, operation := range []scenario.Operation{r.Preview(context.Background()), r.Up(context.Background())} {
		for _, want := range []string{"cluster.serviceCidr: ", "cluster.secretsEncryption: ", "run pulumi destroy before this change"} {
			if !strings.Contains(operation.Error, want) {
				t.Errorf("%s does not report %q: %s", operation.Name, want, operation.Error)
			}
		}
	}
}

func TestTurningOnEncryptionUpdatesTheClusterInPlace(t *testing.T) {
	t.Parallel()
	dir, project, values := t.TempDir(), t.TempDir(), loadConfig(t, "changes")
	applyEdits(t, values, setKey("cluster.secretsEncryption", "false"))
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatal(up.Error)
	}
	r.Close()
	rehearseChangesFrom(t, dir, values, stackChange{
		edits: []edit{setKey("cluster.secretsEncryption", "true")},
		want: `
			create Key changes
			create Alias changes
			update eks:index:Cluster changes
			update Cluster changes-eksCluster (encryptionConfig)`,
	})
}
