package charts

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestEachChartIsInItsModuleInTheDefaultVersion(t *testing.T) {
	into := t.TempDir()
	if err := Copy(t.Context(), filepath.Join("..", "..", "rehearsal"), into); err != nil {
		t.Fatal(err)
	}
	name, version := regexp.MustCompile(`(?m)^name: (\S+)$`), regexp.MustCompile(`(?m)^version: (\S+)$`)
	for _, c := range All {
		content, err := os.ReadFile(filepath.Join(Folders(into)[c.Name], "Chart.yaml"))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(name.Find(content)), c.Name) || string(version.FindSubmatch(content)[1]) != c.Version {
			t.Errorf("%s %s is %s %s in its module", c.Name, c.Version, name.Find(content), version.Find(content))
		}
	}
}

func TestAModuleWithAnotherContentIsRefused(t *testing.T) {
	var modules []module
	for _, c := range All {
		modules = append(modules, module{Path: c.Module, Dir: "/modules/" + c.Module, Sum: c.Sum})
	}
	folders, err := locate(modules)
	if err != nil || folders[CNIMetricsHelper] != filepath.Join("/modules/github.com/aws/amazon-vpc-cni-k8s", "charts", "cni-metrics-helper") {
		t.Fatalf("charts are in %v, %v", folders, err)
	}
	for i := range modules {
		if modules[i].Sum != "" {
			modules[i].Sum = "h1:other"
		}
	}
	if _, err := locate(modules); err == nil || !strings.Contains(err.Error(), "has checksum h1:other, and not h1:") {
		t.Errorf("another content gives %v", err)
	}
	if _, err := locate(nil); err == nil || !strings.Contains(err.Error(), "does not describe module") {
		t.Errorf("no module gives %v", err)
	}
}

func TestAChartIsFoundByItsNameOrTheAddressOfACopy(t *testing.T) {
	for chart, want := range map[string]string{
		"cni-metrics-helper": CNIMetricsHelper,
		"oci://registry.example.com/charts/aws-load-balancer-controller": LoadBalancerController,
		"nginx": "",
	} {
		if found, ok := Named(chart); found.Name != want || ok != (want != "") {
			t.Errorf("%s is %q, %t", chart, found.Name, ok)
		}
	}
}

func TestAChartOfTheStackIsAFolder(t *testing.T) {
	if chart, repository := Get(ExternalDNSTeardown).Source(); chart != "./addons/charts/external-dns-teardown" || repository != "" {
		t.Errorf("the chart is %q of %q", chart, repository)
	}
	if chart, repository := Get(ExternalDNS).Source(); chart != "external-dns" || repository != "https://kubernetes-sigs.github.io/external-dns" {
		t.Errorf("the chart is %q of %q", chart, repository)
	}
}
