package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
)

func TestTheVerdictIsFirstAndWarningsAreBeforeTheTables(t *testing.T) {
	lines := append(slices.Clone(good[:5]), `eksnet:nodeGroups: {general: {instanceTypes: [m7g.large], capacity: spot, scaling: {min: 1, desired: 1, max: 9}}}`,
		`eksnet:workloads: {echo: {kind: nlb, attributes: {deletion_protection.enabled: "true"}}}`)
	_, out, _ := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, lines...))
	if !strings.HasPrefix(out, "Stack dev can be built: yes, 2 warnings, 1 quota above AWS's default\n") {
		t.Errorf("the plan begins with %s", out[:min(len(out), 200)])
	}
	if warnings, network := strings.Index(out, "\nWarnings\n"), strings.Index(out, "\nNetwork "); warnings < 0 || warnings > network {
		t.Errorf("warnings are at %d, and the network is at %d of\n%s", warnings, network, out)
	}
}

// What comes on nearly every stack is not read any more.
func TestAPlainStackHasNoWarning(t *testing.T) {
	_, out, _ := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, good...))
	if strings.Contains(out, "Warnings") || strings.Contains(out, "\x1b") {
		t.Errorf("a plain stack is planned with\n%s", out)
	}
}

func TestWhatFallsShortIsRedWithoutMovingItsColumns(t *testing.T) {
	const table = "\n  ok     1         5  VPCs per Region\n  SHORT  12 vCPUs  5  Instances\n"
	if got := red(table); got != "\n  ok     1         5  VPCs per Region\n  \x1b[31mSHORT\x1b[0m  12 vCPUs  5  Instances\n" {
		t.Errorf("the table is %q", got)
	}
	file, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if coloured(file) || coloured(&strings.Builder{}) {
		t.Error("a file is coloured")
	}
}
