package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"eksnet/internal/awsdata"
	"eksnet/lab/build"
	"eksnet/lab/rehearsed"
)

// find decodes the object of a kind and name.
func find(t *testing.T, objects []*unstructured.Unstructured, kind, name string, into any) {
	t.Helper()
	for _, o := range objects {
		if o.GetKind() == kind && o.GetName() == name {
			if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, into); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no %s %s among %d objects", kind, name, len(objects))
}

func TestKubeProxyHasTheImageModeAndServerOfTheStack(t *testing.T) {
	l := &Lab{Options: Options{Stack: &rehearsed.Stack{World: &rehearsed.World{}}, ProxyMode: ModeNFTables, KubernetesPort: 7443},
		apiServerAddress: "10.0.0.9"}
	objects, err := l.kubeProxyObjects("registry/eks/kube-proxy:v1")
	if err != nil {
		t.Fatal(err)
	}
	var d appsv1.DaemonSet
	find(t, objects, "DaemonSet", "kube-proxy", &d)
	if got := d.Spec.Template.Spec.Containers[0].Image; got != "registry/eks/kube-proxy:v1" {
		t.Errorf("image %s", got)
	}
	var configuration, kubeconfig corev1.ConfigMap
	find(t, objects, "ConfigMap", "kube-proxy-config", &configuration)
	find(t, objects, "ConfigMap", "kube-proxy", &kubeconfig)
	for text, want := range map[string]string{configuration.Data["config"]: "\nmode: \"nftables\"\n",
		kubeconfig.Data["kubeconfig"]: " server: https://10.0.0.9:7443\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q", text, want)
		}
	}
	if !strings.Contains(configuration.Data["config"], fmt.Sprintf("\nhealthzBindAddress: 0.0.0.0:%d\n", awsdata.KubeProxyHealthPort)) {
		t.Error(configuration.Data["config"])
	}
}

func TestKubeProxyOfAnIPv6ClusterListensOnIPv6AddressesAndUsesThatOfTheServer(t *testing.T) {
	l := &Lab{Options: Options{Stack: &rehearsed.Stack{World: &rehearsed.World{}, Cluster: rehearsed.Cluster{IPv6: true}}, KubernetesPort: 7443},
		apiServerAddress: "2001:db8::9"}
	objects, err := l.kubeProxyObjects("registry/eks/kube-proxy:v1")
	if err != nil {
		t.Fatal(err)
	}
	var configuration, kubeconfig corev1.ConfigMap
	find(t, objects, "ConfigMap", "kube-proxy-config", &configuration)
	find(t, objects, "ConfigMap", "kube-proxy", &kubeconfig)
	for text, want := range map[string]string{"bindAddress: \"::\"": configuration.Data["config"],
		fmt.Sprintf("healthzBindAddress: \"[::]:%d\"", awsdata.KubeProxyHealthPort): configuration.Data["config"],
		"server: https://[2001:db8::9]:7443":                                        kubeconfig.Data["kubeconfig"]} {
		if !strings.Contains(want, text) {
			t.Errorf("%s lacks %q", want, text)
		}
	}
}

const cniManifest = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node}
spec:
  template:
    spec:
      initContainers:
      - {name: init, image: "elsewhere/amazon-k8s-cni-init:v0", volumeMounts: [{name: cni-bin-dir, mountPath: /host}]}
      containers:
      - name: aws-node
        image: elsewhere/amazon-k8s-cni:v0
        env: [{name: WARM_ENI_TARGET, value: "1"}, {name: ENABLE_PREFIX_DELEGATION, value: "false"}]
        volumeMounts: [{name: cni-bin-dir, mountPath: /host}, {name: log-dir, mountPath: /log}]
      volumes: [{name: cni-bin-dir, hostPath: {path: /opt/cni/bin}}, {name: log-dir, hostPath: {path: /var/log/aws-routed-eni}}]
`

func TestAWSNodeHasTheImagesAndConfigurationOfTheStackAndNoFolderOfTheMachine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "aws-k8s-cni.yaml")
	if err := os.WriteFile(file, []byte(cniManifest), 0o644); err != nil {
		t.Fatal(err)
	}
	addon := &rehearsed.Object{Type: "aws:eks/addon:Addon", Inputs: map[string]any{"addonName": "vpc-cni",
		"configurationValues": `{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}`}}
	stack := &rehearsed.Stack{World: &rehearsed.World{Objects: []*rehearsed.Object{addon}}}
	l := &Lab{Options: Options{Stack: stack, Tools: &build.Tools{CNIManifests: []string{file}}}}
	objects, err := l.cniObjects("registry/amazon-k8s-cni:v1")
	if err != nil {
		t.Fatal(err)
	}
	var d appsv1.DaemonSet
	find(t, objects, "DaemonSet", "aws-node", &d)
	spec := d.Spec.Template.Spec
	if spec.InitContainers[0].Image != "registry/amazon-k8s-cni-init:v1" || spec.Containers[0].Image != "registry/amazon-k8s-cni:v1" {
		t.Errorf("images %s and %s", spec.InitContainers[0].Image, spec.Containers[0].Image)
	}
	values := map[string]string{}
	for _, variable := range spec.Containers[0].Env {
		values[variable.Name] += variable.Value
	}
	if values["ENABLE_PREFIX_DELEGATION"] != "true" || values["WARM_ENI_TARGET"] != "1" {
		t.Errorf("variables %v", values)
	}
	if len(spec.Volumes) != 1 || len(spec.InitContainers[0].VolumeMounts) != 0 || len(spec.Containers[0].VolumeMounts) != 1 {
		t.Errorf("volumes %v", spec.Volumes)
	}
}
