package node

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"sigs.k8s.io/yaml"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

const (
	dataFailed = "waiting for EKS Node Group (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: : Ec2LaunchTemplateInvalidConfiguration: "
	dataDocs   = "https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-user-data"
)

var (
	UserDataTOML = store.NewRule("Bottlerocket's user data is TOML",
		dataFailed+"User data was not a TOML format that could be processed. (%v)",
		dataDocs+" ; terraform-aws-eks#1729")
	UserDataMIME = store.NewRule("AL2023's user data is a MIME multipart message",
		dataFailed+"User data was not in the MIME multipart format. (%v)",
		dataDocs+" ; terraform-aws-eks-blueprints#843")
	UserDataSettings = store.NewRule("the settings in Bottlerocket's user data exist",
		joinFailed+" (Bottlerocket does not start: unknown or mistyped setting %s)",
		"https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/")
	UserDataNodeConfig = store.NewRule("AL2023's user data has a NodeConfig that nodeadm accepts",
		joinFailed+" (nodeadm: %s)",
		"https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/")
)

// bottlerocketSettings are settings of Bottlerocket's kubelet with the kind of their values, as far as a node group of
// EKS may set them.
var bottlerocketSettings = map[string]string{
	"max-pods": "int64", "shutdown-grace-period": "string", "shutdown-grace-period-for-critical-pods": "string", "registry-qps": "int64",
	"registry-burst": "int64", "event-qps": "int64", "container-log-max-size": "string", "container-log-max-files": "int64", "cpu-manager-policy": "string",
	"topology-manager-policy": "string", "image-gc-high-threshold-percent": "string", "image-gc-low-threshold-percent": "string",
	"allowed-unsafe-sysctls": "[]interface {}", "pod-pids-limit": "int64", "eviction-hard": "map[string]interface {}",
	"kube-reserved": "map[string]interface {}", "system-reserved": "map[string]interface {}", "node-labels": "map[string]interface {}",
	"node-taints": "map[string]interface {}",
}

// userDataOf returns a launch template's decoded user data, "" for none.
func userDataOf(template *store.Object) string {
	if template == nil {
		return ""
	}
	raw, _ := base64.StdEncoding.DecodeString(ec2.LaunchTemplateOf(template).UserData)
	return string(raw)
}

// userDataFits refuses user data that EKS can't merge its own into. A node group with its own image has complete user
// data.
func userDataFits(w *store.Account, group *store.Object) error {
	text, image := userDataOf(templateOf(w, group)), NodeGroupOf(group).Image
	switch {
	case text == "":
		return nil
	case strings.HasPrefix(image, "BOTTLEROCKET_"):
		_, err := toml.Decode(text, &map[string]any{})
		return UserDataTOML.Unready(err != nil, group.ID, err)
	case strings.HasPrefix(image, "AL2"):
		_, err := partsOf(text)
		return UserDataMIME.Unready(err != nil, group.ID, err)
	}
	return nil
}

// startFault returns why a node does not start with its user data, nil if it does.
func startFault(w *store.Account, node *store.Object) error {
	n := NodeOf(node)
	group := w.Get(store.NodeGroupType, n.Group)
	text := ""
	if group != nil {
		text = userDataOf(templateOf(w, group))
	}
	if text == "" {
		return nil
	}
	if image := NodeGroupOf(group).Image; strings.HasPrefix(image, "BOTTLEROCKET_") {
		unknown := unknownSetting(text)
		return UserDataSettings.Unready(unknown != "", n.Group, n.Instance, unknown)
	} else if !strings.HasPrefix(image, "AL2023") {
		return nil
	}
	fault := nodeConfigFault(text)
	return UserDataNodeConfig.Unready(fault != "", n.Group, n.Instance, fault)
}

// unknownSetting returns a setting that Bottlerocket's kubelet does not have, or not of this type, "" for none. Other
// settings are not checked.
func unknownSetting(text string) string {
	data := map[string]any{}
	if _, err := toml.Decode(text, &data); err != nil {
		return err.Error()
	}
	for name := range data {
		if name != "settings" {
			return name
		}
	}
	kubelet := store.MapOf(store.MapOf(data["settings"])["kubernetes"])
	for name, value := range kubelet {
		if kind, known := bottlerocketSettings[name]; !known || kind != fmt.Sprintf("%T", value) {
			return "settings.kubernetes." + name
		}
	}
	return ""
}

// nodeConfigFault returns nodeadm's error for a message's NodeConfigs, "" for none.
func nodeConfigFault(text string) string {
	parts, err := partsOf(text)
	if err != nil {
		return err.Error()
	}
	for _, p := range parts {
		if p.media != "application/node.eks.aws" {
			continue
		}
		var config struct {
			APIVersion string         `json:"apiVersion"`
			Kind       string         `json:"kind"`
			Spec       map[string]any `json:"spec"`
		}
		if err := yaml.UnmarshalStrict([]byte(p.body), &config); err != nil {
			return err.Error()
		}
		if config.APIVersion != "node.eks.aws/v1alpha1" || config.Kind != "NodeConfig" {
			return fmt.Sprintf("no kind %q is registered for version %q", config.Kind, config.APIVersion)
		}
		for name := range config.Spec {
			if !slices.Contains([]string{"cluster", "containerd", "featureGates", "instance", "kubelet"}, name) {
				return fmt.Sprintf("unknown field spec.%s", name)
			}
		}
	}
	return ""
}

// messagePart is one of a multipart message.
type messagePart struct{ media, body string }

func partsOf(text string) ([]messagePart, error) {
	message, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	media, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(media, "multipart/") {
		return nil, store.Explain("it is %s", media)
	}
	var parts []messagePart
	for reader := multipart.NewReader(message.Body, parameters["boundary"]); ; {
		p, err := reader.NextPart()
		if err == io.EOF {
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(p)
		if err != nil {
			return nil, err
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			return nil, err
		}
		parts = append(parts, messagePart{kind, string(body)})
	}
}
