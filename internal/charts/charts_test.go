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
		if released := "appVersion: " + c.Version; c.Unreleased != "" && !strings.Contains(string(content), released) {
			t.Errorf("%s has no line %q:\n%s", c.Name, released, content)
		}
	}
}

func TestAChartWithoutAReleasedVersionIsRefusedIfItsModuleHasAnother(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "Chart.yaml"), []byte("version: 1.1.0\nappVersion: 1.0.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Get(IstioBase).release(folder); err == nil || !strings.Contains(err.Error(), "has version 1.0.0 in 1 lines") {
		t.Errorf("a module with version 1.1.0 gives %v", err)
	}
}

func TestAModuleOfSeveralChartsIsDownloadedOnce(t *testing.T) {
	_, pinned := modulesOf(All)
	found := 0
	for _, module := range pinned {
		if strings.HasPrefix(module, "istio.io/istio@") {
			found++
		}
	}
	if found != 1 {
		t.Errorf("the module of Istio's charts is in %q %d times", pinned, found)
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
