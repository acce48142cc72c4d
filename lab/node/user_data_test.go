package node

import (
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
	kubelet "k8s.io/kubelet/config/v1beta1"
	"sigs.k8s.io/yaml"
)

// nodeadm writes the kubelet's part of a NodeConfig into a file of the kubelet's, which reads no unknown field and no
// value of another type (github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go).
func TestTheKubeletsOwnTypesDecodeTheUserDataOfAL2023(t *testing.T) {
	files, err := filepath.Glob("../../cluster/testdata/user_data/al2023-*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	decoded := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(text) == 0 {
			continue
		}
		decoded++
		var settings kubelet.KubeletConfiguration
		if err := yaml.UnmarshalStrict(kubeletPart(t, string(text)), &settings); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for name, reserved := range map[string]map[string]string{"kubeReserved": settings.KubeReserved, "systemReserved": settings.SystemReserved} {
			for of, quantity := range reserved {
				if _, err := resource.ParseQuantity(quantity); err != nil {
					t.Errorf("%s: %s.%s %q: %v", file, name, of, quantity, err)
				}
			}
		}
		if strings.Contains(file, "-kubelet-") && (settings.KubeReserved["memory"] != "1Gi" || settings.EvictionHard["memory.available"] != "5%" || settings.MaxPods != 58) {
			t.Errorf("%s: %+v", file, settings)
		}
	}
	if decoded < 3 {
		t.Errorf("%d files with user data", decoded)
	}
}

// kubeletPart returns the kubelet's configuration in a NodeConfig in a message.
func kubeletPart(t *testing.T, text string) []byte {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(message.Body, parameters["boundary"]).NextPart()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Spec struct {
			Kubelet struct {
				Config map[string]any `json:"config"`
			} `json:"kubelet"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(body, &config); err != nil {
		t.Fatal(err)
	}
	file, err := yaml.Marshal(config.Spec.Kubelet.Config)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
