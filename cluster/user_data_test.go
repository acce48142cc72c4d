package cluster

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// nodeConfigOf reads user data as cloud-init and nodeadm do.
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

func TestNodesGiveTheirPodsTimeToEnd(t *testing.T) {
	kubelet := nodeConfigOf(t, userData(0))
	if kubelet["shutdownGracePeriod"] != "45s" || kubelet["shutdownGracePeriodCriticalPods"] != "15s" {
		t.Errorf("kubelet is told %v", kubelet)
	}
	if _, limited := kubelet["maxPods"]; limited {
		t.Errorf("maxPods is EKS's own matter where the stack file leaves it out: %v", kubelet)
	}
}

func TestMaxPodsOfTheStackFileReachTheNode(t *testing.T) {
	if kubelet := nodeConfigOf(t, userData(58)); kubelet["maxPods"] != 58 {
		t.Errorf("kubelet is told %v", kubelet)
	}
}
