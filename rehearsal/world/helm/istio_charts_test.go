package helm_test

import (
	"strings"
	"testing"

	"eksnet/internal/charts"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestTheChartsOfIstioAreInstalledInTheirPublishedVersion(t *testing.T) {
	k := worldtest.NewCluster(t).NamespaceFor(worldtest.IstioNamespace, nil)
	base := k.Apply(store.ReleaseType, worldtest.IstioBaseInputs())
	if version := store.At(base.Outputs, "status.appVersion"); version != charts.IstioVersion {
		t.Errorf("the release has version %v of Istio", version)
	}
	definition := k.World.Find("dev", store.CrdType, "virtualservices.networking.istio.io")
	if definition == nil || strings.Contains(kube.CompactJSON(definition.Outputs), `"description":"`) {
		t.Error("the definition of VirtualServices is missing, or stored with its descriptions")
	}
	k.Apply(store.ReleaseType, worldtest.IstiodInputs())
	if pods := kube.PodsOf(k.World.Account, k.World.Find("dev", store.DeploymentType, worldtest.IstiodRelease).Key()); len(pods) != 2 {
		t.Errorf("istiod has the pods %v", pods)
	}
}

func TestAValueThatNoChartOfIstioHasIsRefused(t *testing.T) {
	k := worldtest.NewCluster(t).NamespaceFor(worldtest.IstioNamespace, nil)
	inputs := worldtest.IstiodInputs()
	worldtest.With(inputs, "values.pilot", map[string]any{"replicaCount": 2.0})
	if err := k.Create(store.ReleaseType, inputs); worldtest.RuleOf(err) != helm.ValueKnown {
		t.Errorf("a value of another chart gives %v", err)
	}
	worldtest.With(inputs, "version", charts.Get(charts.Istiod).Unreleased)
	if err := k.Create(store.ReleaseType, inputs); worldtest.RuleOf(err) != helm.ChartVersion {
		t.Errorf("the version in the module gives %v", err)
	}
}

func TestTheDefinitionsOfIstioRemainWithoutTheirReleaseAndAreItsAgain(t *testing.T) {
	k := worldtest.NewCluster(t).NamespaceFor(worldtest.IstioNamespace, nil)
	base := k.Apply(store.ReleaseType, worldtest.IstioBaseInputs())
	k.Remove(store.ReleaseType, base.ID)
	if k.World.Find("dev", store.CrdType, "virtualservices.networking.istio.io") == nil {
		t.Error("a definition is deleted with its release")
	}
	if k.World.Find("dev", store.ValidatingType, "istiod-default-validator") != nil {
		t.Error("a webhook remains without its release")
	}
	other := worldtest.IstioBaseInputs()
	worldtest.With(other, "name", "other")
	worldtest.Refused(t, k.Create(store.ReleaseType, other), helm.ReleaseOwns)
	k.Apply(store.ReleaseType, worldtest.IstioBaseInputs())
}
