package cluster

import (
	"encoding/base64"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
)

var updateGolden = flag.Bool("update", false, "rewrite testdata")

// nodeConfigOf parses user data as cloud-init and nodeadm do.
func nodeConfigOf(t *testing.T, encoded string) map[string]any {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	message, err := mail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(message.Body, params["boundary"]).NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if typ := part.Header.Get("Content-Type"); typ != "application/node.eks.aws" {
		t.Errorf("the part is of type %s", typ)
	}
	body, _ := io.ReadAll(part)
	var config map[string]any
	if err := yaml.Unmarshal(body, &config); err != nil {
		t.Fatal(err)
	}
	return config["spec"].(map[string]any)["kubelet"].(map[string]any)["config"].(map[string]any)
}

func TestNodesGivePodsTimeToTerminate(t *testing.T) {
	kubelet := nodeConfigOf(t, userData(config.NodeGroup{AMI: config.AL2023arm}, "1.33", 0))
	if kubelet["shutdownGracePeriod"] != "45s" || kubelet["shutdownGracePeriodCriticalPods"] != "15s" {
		t.Errorf("kubelet configuration %v", kubelet)
	}
	if _, limited := kubelet["maxPods"]; limited {
		t.Errorf("maxPods is set although the stack file does not: %v", kubelet)
	}
}

// From Kubernetes 1.34 on AL2023 gives pods more time than the stack's own setting.
func TestNodesKeepTheirImagesShutdownGracePeriod(t *testing.T) {
	for _, version := range []string{"1.34", "1.35", "1.36"} {
		if text := userData(config.NodeGroup{AMI: config.AL2023arm}, version, 0); text != "" {
			t.Errorf("%s: user data %q although the image's own settings suffice", version, text)
		}
		if kubelet := nodeConfigOf(t, userData(config.NodeGroup{AMI: config.AL2023arm}, version, 58)); len(kubelet) != 1 || kubelet["maxPods"] != 58 {
			t.Errorf("%s: kubelet configuration %v", version, kubelet)
		}
	}
}

func TestMaxPodsOfTheStackFileIsInTheUserData(t *testing.T) {
	if kubelet := nodeConfigOf(t, userData(config.NodeGroup{AMI: config.AL2023x86}, "1.33", 58)); kubelet["maxPods"] != 58 {
		t.Errorf("kubelet configuration %v", kubelet)
	}
}

// TestUserDataIsInTheFormatOfTheAMIsFamily compares user data with testdata; go test ./cluster -run Family -update
// rewrites it.
func TestUserDataIsInTheFormatOfTheAMIsFamily(t *testing.T) {
	families := map[string][]string{
		"al2023":       {config.AL2023x86, config.AL2023arm},
		"bottlerocket": {config.BottlerocketX86, config.BottlerocketArm},
	}
	for family, amis := range families {
		for suffix, maxPods := range map[string]int{"": 0, "-max-pods": 58} {
			for _, ami := range amis {
				for _, version := range []string{"1.33", "1.34"} {
					text, err := base64.StdEncoding.DecodeString(userData(config.NodeGroup{AMI: ami}, version, maxPods))
					if err != nil {
						t.Fatal(err)
					}
					checkGolden(t, family+suffix+"-"+version+".txt", string(text))
				}
			}
		}
	}
}

func TestUserDataHasTheKubeletsReservationsAndThresholds(t *testing.T) {
	own := config.Kubelet{
		KubeReserved:   config.ReservedResources{CPU: "200m", Memory: "1Gi", EphemeralStorage: "2Gi"},
		SystemReserved: config.ReservedResources{CPU: "1", Memory: "256Mi"},
		EvictionHard:   map[string]string{"memory.available": "5%", "imagefs.available": "15%"},
	}
	for name, ami := range map[string]string{"al2023": config.AL2023arm, "bottlerocket": config.BottlerocketArm} {
		text, err := base64.StdEncoding.DecodeString(userData(config.NodeGroup{AMI: ami, Kubelet: own}, "1.35", 58))
		if err != nil {
			t.Fatal(err)
		}
		checkGolden(t, name+"-kubelet-1.35.txt", string(text))
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "user_data", name)
	if *updateGolden {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("user data\n%s\ndiffers from %s:\n%s", got, path, want)
	}
}
