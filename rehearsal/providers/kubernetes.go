package providers

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/world"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"gopkg.in/yaml.v3"
)

// autonamedAnnotation is the annotation with which the real provider marks a generated name.
const autonamedAnnotation = "pulumi.com/autonamed"

const releaseType = "kubernetes:helm.sh/v3:Release"

// kubernetesPackage implements what is specific to the kubernetes provider.
type kubernetesPackage struct {
	connect func(kubeconfig string) (world.Client, error)
	// forgets is set if the objects of a cluster that does not respond are deleted from the state only.
	forgets bool
}

// deleteResult returns the real provider's result of a delete (pulumi-kubernetes, provider.go and helm_release.go,
// Delete): it drops objects of an unreachable cluster if so configured, but never a release.
func (k *kubernetesPackage) deleteResult(typ string, err error) error {
	switch {
	case !errors.Is(err, world.ErrUnreachable):
		return err
	case typ == releaseType:
		return fmt.Errorf("can't delete Helm Release with unreachable cluster: %w; take it out of the state with pulumi state delete URN --target-dependents", err)
	case k.forgets:
		return nil
	}
	return fmt.Errorf("%w. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the %s environment variable set to \"true\"", err, DeleteUnreachable)
}

// kubernetesSettings are the settings of the kubernetes provider that a rehearsal supports, and those without an effect
// on the objects in the cluster.
var kubernetesSettings = []string{
	"clusterIdentifier", "kubeconfig",
	"enableConfigMapMutable", "enablePatchForce", "enableSecretMutable", "enableServerSideApply", "kubeClientSettings",
	"suppressDeprecationWarnings", "suppressHelmHookWarnings",
}

func (k *kubernetesPackage) checkConfig(config world.Properties) []plugin.CheckFailure {
	for _, name := range sortedKeys(config) {
		if !slices.Contains(kubernetesSettings, name) {
			return []plugin.CheckFailure{{
				Property: resource.PropertyKey(name),
				Reason:   fmt.Sprintf("kubernetes:%s is not simulated by the rehearsal; it supports %s", name, strings.Join(kubernetesSettings, ", ")),
			}}
		}
	}
	if text, ok := config["kubeconfig"].(string); ok {
		if _, err := activeCluster(text); err != nil {
			return []plugin.CheckFailure{{Property: "kubeconfig", Reason: err.Error()}}
		}
	}
	return nil
}

// diffConfig replaces the provider, and with it all objects in the cluster, if the cluster may be another one. A
// clusterIdentifier alone decides; without it the server and the certificate in the kubeconfig do, and an unknown
// kubeconfig counts as another cluster (pulumi-kubernetes, provider.go, DiffConfig).
func (k *kubernetesPackage) diffConfig(olds, news world.Properties, changed []resource.PropertyKey) []resource.PropertyKey {
	before, after := olds["clusterIdentifier"], news["clusterIdentifier"]
	if before != nil && after != nil {
		if reflect.DeepEqual(before, after) {
			return nil
		}
		return []resource.PropertyKey{"clusterIdentifier"}
	}
	if news["kubeconfig"] == (world.Unknown{}) {
		return []resource.PropertyKey{"kubeconfig"}
	}
	was, _ := olds["kubeconfig"].(string)
	is, _ := news["kubeconfig"].(string)
	old, oldErr := activeCluster(was)
	current, err := activeCluster(is)
	if oldErr != nil || err != nil || !reflect.DeepEqual(old, current) {
		return changed
	}
	return nil
}

func (k *kubernetesPackage) open(config world.Properties) (world.Client, error) {
	kubeconfig, _ := config["kubeconfig"].(string)
	if kubeconfig == "" {
		return nil, fmt.Errorf("provider kubernetes: kubeconfig is missing: the rehearsal does not read a kubeconfig of this machine; pass the cluster's to the provider")
	}
	return k.connect(kubeconfig)
}

// prepareInputs fills in what the SDK and the real provider fill in: apiVersion, kind and a name.
func (k *kubernetesPackage) prepareInputs(check preparation) []string {
	if check.typ == releaseType {
		fillRelease(check.inputs)
		return nameRelease(check)
	}
	group, kind, _ := strings.Cut(strings.TrimPrefix(check.typ, "kubernetes:"), ":")
	if check.inputs["apiVersion"] == nil {
		check.inputs["apiVersion"] = strings.TrimPrefix(group, "core/")
	}
	if check.inputs["kind"] == nil {
		check.inputs["kind"] = kind
	}
	metadata, ok := check.inputs["metadata"].(map[string]any)
	if ok {
		metadata = withoutEmptyMaps(metadata)
		check.inputs["metadata"] = metadata
	}
	if check.inputs["metadata"] != nil && !ok || metadata["name"] != nil || metadata["generateName"] != nil {
		return nil
	}
	check.inputs["metadata"] = nameObject(check, metadata)
	return nil
}

// withoutEmptyMaps returns metadata without empty annotations and labels: the provider converts inputs to the API type
// and back, which leaves them out (pulumi-kubernetes, provider/pkg/provider/provider.go, normalizeInputs).
func withoutEmptyMaps(metadata map[string]any) map[string]any {
	kept := maps.Clone(metadata)
	for _, name := range []string{"annotations", "labels"} {
		if entries, ok := kept[name].(map[string]any); ok && len(entries) == 0 {
			delete(kept, name)
		}
	}
	return kept
}

// nameObject sets an automatic name in metadata, the existing one if that is automatic too.
func nameObject(check preparation, metadata map[string]any) map[string]any {
	named, annotations := map[string]any{}, map[string]any{}
	for key, value := range metadata {
		named[key] = value
	}
	if own, ok := named["annotations"].(map[string]any); ok {
		for key, value := range own {
			annotations[key] = value
		}
	}
	annotations[autonamedAnnotation] = "true"
	named["annotations"] = annotations
	named["name"] = automaticName(check)
	if old, ok := metadataOf(check.olds); ok && isAutonamed(old) {
		named["name"] = old["name"]
	}
	return named
}

// fillRelease sets the flags and texts that the program leaves out, and removes what the provider does not have. It
// keeps the inputs of a release as a Go struct (pulumi-kubernetes, helm_release.go, Check).
func fillRelease(inputs world.Properties) {
	delete(inputs, "compat")
	release, repository := schema.ReleaseDefaults()
	fill(inputs, release)
	if given, ok := inputs["repositoryOpts"].(map[string]any); ok {
		options := maps.Clone(given)
		fill(options, repository)
		inputs["repositoryOpts"] = options
	}
}

// fill adds the defaults that properties lack.
func fill(properties, defaults world.Properties) {
	for name, value := range defaults {
		if properties[name] == nil {
			properties[name] = value
		}
	}
}

func nameRelease(check preparation) []string {
	if check.inputs["name"] != nil {
		return nil
	}
	check.inputs["name"] = automaticName(check)
	return []string{"name"}
}

// automaticName returns the logical name and eight letters or digits, the same for the same seed.
func automaticName(check preparation) string {
	sum := sha256.Sum256(append([]byte(check.name), check.seed...))
	suffix := new(big.Int).SetBytes(sum[:8]).Text(36)
	return check.name + "-" + fmt.Sprintf("%08s", suffix)[:8]
}

func metadataOf(inputs resource.PropertyMap) (map[string]any, bool) {
	plain, err := toWorld(inputs)
	if err != nil {
		return nil, false
	}
	metadata, ok := plain["metadata"].(map[string]any)
	return metadata, ok
}

func isAutonamed(metadata map[string]any) bool {
	annotations, _ := metadata["annotations"].(map[string]any)
	return annotations[autonamedAnnotation] == "true"
}

// deleteFirst reports whether the object's name is set by the operator and does not change, in the same namespace: two
// such objects cannot exist.
func (k *kubernetesPackage) deleteFirst(olds, news resource.PropertyMap) bool {
	before, _ := metadataOf(olds)
	after, ok := metadataOf(news)
	if !ok {
		return olds["name"].DeepEquals(news["name"]) && olds["namespace"].DeepEquals(news["namespace"])
	}
	return !isAutonamed(after) && reflect.DeepEqual(before["name"], after["name"]) &&
		reflect.DeepEqual(before["namespace"], after["namespace"])
}

// diff compares inputs: for the Kubernetes provider they are what was applied last (pulumi-kubernetes, provider.go,
// Diff).
func (k *kubernetesPackage) diff(_ *schema.Resource, req plugin.DiffRequest, forceNew []string) (plugin.DiffResult, error) {
	return diffInputs(req.OldInputs, req.NewInputs, forceNew, req.IgnoreChanges)
}

func (k *kubernetesPackage) renewedOutputs(*schema.Resource, world.Properties, world.Properties) []string {
	return nil
}

func (k *kubernetesPackage) readInputs(_ *schema.Resource, object world.Object, _, olds resource.PropertyMap) (resource.PropertyMap, error) {
	return inputsOf(object, olds)
}

// keepUnready returns the whole object: the provider keeps its status, and waits for it again in the next update.
func (k *kubernetesPackage) keepUnready(object world.Object) world.Object { return object }

func (k *kubernetesPackage) skipsEmptyUpdates() bool { return false }

// complete renames the extensions of the schemas of a definition: the provider replaces their dashes, which names of
// properties do not have (pulumi-kubernetes, provider.go, checkpointObject).
func (k *kubernetesPackage) complete(_ *schema.Resource, outputs world.Properties) {
	if outputs["kind"] == "CustomResourceDefinition" {
		outputs["spec"] = withoutDashes(outputs["spec"])
	}
}

// withoutDashes returns a copy of a value whose keys x-kubernetes-… have underscores in the place of dashes.
func withoutDashes(value any) any {
	switch v := value.(type) {
	case map[string]any:
		renamed := make(map[string]any, len(v))
		for key, inner := range v {
			if strings.HasPrefix(key, "x-kubernetes-") {
				key = strings.ReplaceAll(key, "-", "_")
			}
			renamed[key] = withoutDashes(inner)
		}
		return renamed
	case []any:
		renamed := make([]any, len(v))
		for i, inner := range v {
			renamed[i] = withoutDashes(inner)
		}
		return renamed
	}
	return value
}

// activeCluster returns the cluster entry of a kubeconfig's current context: its server and its certificate.
func activeCluster(kubeconfig string) (any, error) {
	var config struct {
		CurrentContext string `yaml:"current-context"`
		Contexts       []struct {
			Name    string
			Context struct{ Cluster string }
		}
		Clusters []struct {
			Name    string
			Cluster any
		}
	}
	if err := yaml.Unmarshal([]byte(kubeconfig), &config); err != nil {
		return nil, fmt.Errorf("kubeconfig is neither YAML nor JSON: %w", err)
	}
	for _, context := range config.Contexts {
		if context.Name != config.CurrentContext {
			continue
		}
		for _, cluster := range config.Clusters {
			if cluster.Name == context.Context.Cluster {
				return cluster.Cluster, nil
			}
		}
	}
	return nil, fmt.Errorf("kubeconfig has no cluster for its current context %q", config.CurrentContext)
}
