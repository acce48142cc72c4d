package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
)

var (
	// excerpt is a block of a document that shows what the command prints for a committed stack file.
	excerpt = regexp.MustCompile("(?ms)^```\n\\$ eksnet ((?:plan|path|validate) [a-z0-9 -]+)\n(.*?)^```$")
	// refusal is a problem of the stack local with one text replaced.
	refusal = regexp.MustCompile("(?ms)with `([^`]+)` in the place of `([^`]+)`[^\n]*\n\n```\n(.*?)\n```$")
)

// documents are what people read, by their names.
func documents(t *testing.T) map[string]string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(text)
	}
	return texts
}

// An excerpt may leave lines out, and has the others as they are printed, in their order.
func TestTheDocumentsShowWhatIsPrinted(t *testing.T) {
	shown := 0
	for document, text := range documents(t) {
		for _, block := range excerpt.FindAllStringSubmatch(text, -1) {
			shown++
			_, out, _ := eksnet(append(strings.Fields(block[1]), "-C", root)...)
			for line := range strings.Lines(block[2]) {
				_, after, found := strings.Cut("\n"+out, "\n"+line)
				if !found {
					t.Fatalf("%s shows of eksnet %s, and it is not printed after the lines before it:\n%s", document, block[1], line)
				}
				out = after
			}
		}
	}
	if shown == 0 {
		t.Error("no document shows anything")
	}
}

func TestTheDocumentsShowTheCurrentProblemMessages(t *testing.T) {
	local, err := os.ReadFile(filepath.Join(root, "Pulumi.local.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for document, text := range documents(t) {
		for _, block := range refusal.FindAllStringSubmatch(text, -1) {
			shown++
			dir := stackfiletest.Folder(t, root)
			stackfiletest.Write(t, dir, "Pulumi.broken.yaml", strings.ReplaceAll(string(local), block[2], block[1]))
			if _, _, complaints := eksnet("plan", "broken", "-C", dir); !strings.Contains(complaints, block[3]) {
				t.Errorf("%s shows\n%s\nand people get\n%s", document, block[3], complaints)
			}
		}
	}
	if shown == 0 {
		t.Error("no document shows a refusal")
	}
}

func TestThePictureInTheDocumentsIsTheOneThatIsDrawn(t *testing.T) {
	shown, err := os.ReadFile(filepath.Join(root, "docs", "network.svg"))
	if err != nil {
		t.Fatal(err)
	}
	if _, drawn, _ := eksnet("plan", "local", "-C", root, "-svg", "-"); drawn != string(shown) {
		t.Error("docs/network.svg is another drawing; run: bin/eksnet plan local -svg docs/network.svg")
	}
}

func TestTheREADMEShowsAllProblemsOfAStackFile(t *testing.T) {
	const broken = `config:
  aws:region: ap-northeast-2
  aws:allowedAccountIds: ["111122223333"]
  eksnet:network:
    cidr: 10.0.0.0/25
    zones: [ap-northeast-2a, ap-northeast-2b, us-east-1c]
    natt: single
  eksnet:cluster:
    name: broken
    version: "1.29"
    endpoint: {private: false, public: true, publicCidrs: [203.0.113.0/24]}
  eksnet:nodeGroups:
    general: {instanceTypes: [m7g.large], scaling: {min: 9, desired: 9, max: 6}}
  eksnet:workloads:
    echo: {kind: nlb, hosts: [echo.example.com]}
    game: {kind: alb, app: game-2048, group: public}
    shop: {kind: alb, group: public}
`
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := stackfiletest.Folder(t, root)
	stackfiletest.Write(t, dir, "Pulumi.broken.yaml", broken)
	t.Chdir(dir)
	_, _, complaints := eksnet("plan", "broken")
	if strings.Count(complaints, "\n") != 10 || !strings.Contains(string(readme), complaints) {
		t.Errorf("README.md does not show:\n%s", complaints)
	}
}
