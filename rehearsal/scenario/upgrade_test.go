package scenario_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"eksnet/rehearsal/scenario"
)

var update = flag.Bool("update", false, "create the stacks of testdata/states with the present program")

// savedStacks are a stack of each IP family.
var savedStacks = []string{"local", "dev-eu-north-1"}

// A stack that an earlier program created keeps its resources, unless the changelog announces their replacement.
func TestStacksOfAnEarlierProgramAreUpdatedWithoutReplacements(t *testing.T) {
	changelog, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	check(t, err)
	for _, name := range savedStacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if *update {
				saveStack(t, name)
			}
			r := openSavedStack(t, name)
			if before := len(r.State().Resources()); before < 60 {
				t.Fatalf("the saved state has %d resources", before)
			}
			for _, operate := range []func(context.Context) scenario.Operation{r.Preview, r.Up} {
				operation := operate(context.Background())
				if operation.Error != "" {
					t.Fatalf("%s: %s", operation.Name, operation.Error)
				}
				if operation.Same == 0 {
					t.Errorf("%s keeps nothing: %+v", operation.Name, operation)
				}
				for _, line := range unannounced(operation, string(changelog)) {
					t.Errorf("%s: %s; keep the resource, with an alias if its name changes, or announce it in CHANGELOG.md with a line that begins with `- Upgrade: ` and names its type", operation.Name, line)
				}
			}
			if again := r.UpAgain(context.Background()); again.Error != "" {
				t.Error(again.Error)
			}
		})
	}
}

// announcement is a line of the changelog about resources that an upgrade replaces or deletes, and announcedType a
// type of a resource in it.
var announcement, announcedType = regexp.MustCompile(`(?m)^- Upgrade: .*(\n  .*)*`), regexp.MustCompile("`([a-z0-9-]+:[^`]+:[^`]+)`")

// unannounced returns the replacements and deletions of an operation whose types the changelog does not announce.
func unannounced(operation scenario.Operation, changelog string) (lines []string) {
	var types []string
	for _, line := range announcement.FindAllString(changelog, -1) {
		for _, typ := range announcedType.FindAllStringSubmatch(line, -1) {
			types = append(types, typ[1])
		}
	}
	for _, change := range operation.Changes {
		if (change.Op == "replace" || change.Op == "delete") && !slices.Contains(types, change.Type) {
			lines = append(lines, change.String())
		}
	}
	return lines
}

func TestAReplacementAndADeletionByAnotherProgramAreNoticedUntilTheyAreAnnounced(t *testing.T) {
	t.Parallel()
	r := openSavedStack(t, "local", func(o *scenario.Options) {
		o.Edit = func(request *pulumirpc.RegisterResourceRequest) {
			switch {
			case request.Type == "aws:ec2/launchTemplate:LaunchTemplate":
				request.Name += "-renamed" // a resource of another name is another one
			case request.Type == "aws:eks/nodeGroup:NodeGroup":
				request.Object.Fields["instanceTypes"].GetListValue().Values = request.Object.Fields["instanceTypes"].GetListValue().Values[:0]
			}
		}
	})
	preview := r.Preview(context.Background())
	lines := strings.Join(unannounced(preview, "- The launch template `aws:ec2/launchTemplate:LaunchTemplate` has tags.\n"), "\n")
	for _, want := range []string{"replace aws:eks/nodeGroup:NodeGroup", "delete aws:ec2/launchTemplate:LaunchTemplate"} {
		if !strings.Contains(lines, want) {
			t.Errorf("preview reports %q, without %s (%s)", lines, want, preview.Error)
		}
	}
	const announced = "- Upgrade: replaces each `aws:eks/nodeGroup:NodeGroup`, and deletes its\n  `aws:ec2/launchTemplate:LaunchTemplate`.\n"
	if lines := unannounced(preview, announced); len(lines) > 0 {
		t.Errorf("announced, and reported: %q", lines)
	}
}
