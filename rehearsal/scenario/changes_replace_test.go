package scenario_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/scenario"
)

// EKS cannot remove encryption, so the provider replaces the cluster. The name stays the same, and EKS refuses a
// second cluster of that name, so the old one is deleted first, with everything in it.
func TestTurningOffEncryptionReplacesTheCluster(t *testing.T) {
	t.Parallel()
	dir, project, values := copyBuilt(t), t.TempDir(), loadConfig(t, "changes")
	applyEdits(t, values, setKey("cluster.secretsEncryption", "false"))
	saveProject(t, project, values)
	r := openRehearsal(t, func(o *scenario.Options) { o.Dir, o.Root, o.Stack = dir, project, "changes" })
	for _, operation := range []scenario.Operation{r.Preview(context.Background()), r.Up(context.Background())} {
		if operation.Error != "" {
			t.Fatalf("%s says %s", operation.Name, operation.Error)
		}
		changed := changedLines(operation)
		for _, want := range []string{"replace Cluster changes-eksCluster (encryptionConfig)", "replace NodeGroup changes-general", "replace Addon changes-coredns",
			"replace OpenIdConnectProvider changes", "replace Release changes-lbc", "replace Service packets-nlb", "replace Ingress shop-alb",
			"delete Key changes", "delete Alias changes", "update Role changes-lbc (assumeRolePolicy)"} {
			if !slices.Contains(changed, want) {
				t.Errorf("%s does not %s: %s", operation.Name, want, strings.Join(changed, ", "))
			}
		}
		// The network does not change, and neither does anything outside of the cluster.
		if operation.Created != 0 || operation.Updated != 3 || operation.Replaced != 37 || operation.Deleted != 2 {
			t.Errorf("%s creates %d, updates %d, replaces %d and deletes %d", operation.Name, operation.Created, operation.Updated, operation.Replaced, operation.Deleted)
		}
	}
	if again := r.UpAgain(context.Background()); again.Error != "" {
		t.Errorf("a second up reports %s", again.Error)
	}
	if destroy := r.Destroy(context.Background()); destroy.Error != "" {
		t.Errorf("destroy reports %s", destroy.Error)
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
