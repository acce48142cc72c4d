package world_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/yaml"

	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// typesOf are the types of the kinds in the manifests of study notes.
var typesOf = map[string]string{"Namespace": store.NamespaceType, "Deployment": store.DeploymentType, "Service": store.ServiceType, "Ingress": store.IngressType}

// manifests returns the objects of a file of docs/study.
func manifests(t *testing.T, name string) (all []store.Properties) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs/study", name))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(string(text)), 4096)
	for {
		var o store.Properties
		if err := decoder.Decode(&o); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, o)
	}
}

func TestManifestsOfStudyNotesGetTheirLoadBalancersAsTheyAre(t *testing.T) {
	for name, balancers := range map[string]int{"echo.yaml": 1, "game-2048.yaml": 1, "netshoot.yaml": 0} {
		k := worldtest.NewCluster(t).Balancing(nil)
		for _, o := range manifests(t, name) {
			kind, _ := o["kind"].(string)
			k.Apply(typesOf[kind], o)
		}
		if made := len(k.World.All(store.LoadBalancerType)); made != balancers {
			t.Errorf("%s: %d load balancers, want %d", name, made, balancers)
		}
	}
}

// The type of a Service by annotation selects its controller, and the class of an Ingress by annotation its own.
func TestOlderAnnotationsMeanWhatTheControllersRead(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	for _, o := range manifests(t, "older-annotations.yaml") {
		kind, _ := o["kind"].(string)
		created, err := k.Kube.Create(typesOf[kind], o)
		if store.At(o, "metadata.name") == "my-nginx-nlb" { // of the cloud controller, which the simulated account does not have
			if err == nil || !strings.Contains(err.Error(), "network load balancers of the cloud controller") {
				t.Errorf("an NLB of the cloud controller: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s %v: %v", kind, store.At(o, "metadata.name"), err)
		}
		address := worldtest.Hostname(created)
		switch store.At(o, "metadata.name") {
		case "my-nginx-clb":
			if len(k.World.All(store.ClassicType)) != 1 {
				t.Errorf("type clb: address %q", address)
			}
		case "my-nginx-nlb-ip":
			if !strings.HasPrefix(address, "k8s-default-mynginxn-") {
				t.Errorf("type nlb-ip: address %q", address)
			}
		}
		if kind == "Ingress" && !strings.HasPrefix(address, "k8s-byhand-") {
			t.Errorf("class alb by annotation: address %q", address)
		}
	}
}
