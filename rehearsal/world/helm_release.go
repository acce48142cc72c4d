package world

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	corev1 "k8s.io/api/core/v1"
)

const releaseSource = "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/helm_release.go"

// helmOwner is the owner of what a release installed.
const helmOwner = "helm"

// controllerRepository is where the load balancer controller's chart is published.
const controllerRepository = "https://aws.github.io/eks-charts"

var (
	chartFound = rule("a release's chart is in its repository",
		`chart "%s" not found in %s repository`, "https://github.com/helm/helm/blob/v3.18.5/pkg/repo/chartrepo.go; the simulated account has "+controllerOwner+" of "+controllerRepository)
	chartVersion = rule("a release's chart exists in the version",
		`chart "%s" version "%s" not found in %s repository: the simulated account has version %s`, "https://github.com/helm/helm/blob/v3.18.5/pkg/repo/chartrepo.go")
	releaseUnique = rule("a release's name is unique in its namespace",
		`cannot re-use a name that is still in use`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/install.go")
	releaseNamed = rule("a release's name is a DNS label of at most 53 characters",
		`invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53: %s`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/chartutil/validate_name.go")
	releaseNamespace = rule("a release's namespace exists or is created with it",
		`create: failed to create: namespaces "%s" not found`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/install.go")
	releaseKinds = rule("a cluster serves every kind that a chart renders",
		`unable to build kubernetes objects from release manifest: resource mapping not found for name: "%s" namespace: "%s" from "": no matches for kind "%s" in version "%s" ensure CRDs are installed first`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/kube/client.go")
	releaseOwns = rule("a release does not take over existing objects",
		`Unable to continue with %s: %s "%s" in namespace "%s" exists and cannot be imported into the current release: invalid ownership metadata`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/action/validate.go")
	releaseReady = rule("a release's Deployments become available while it waits",
		`Helm release "%s" was created, but failed to initialize completely. Use Helm CLI to investigate.: failed to become available within allocated timeout. Error: Helm Release %[1]s: context deadline exceeded`,
		releaseSource)
	releaseAtomic = rule("an atomic release that does not become ready is uninstalled",
		`release %s failed, and has been uninstalled due to atomic being set: context deadline exceeded`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/action/install.go")
	releaseInputs = rule("a release has only inputs of its resource type",
		`%s: not an input of a Helm release`, "https://www.pulumi.com/registry/packages/kubernetes/api-docs/helm/v3/release/")
)

// releaseArgs are the inputs of a release that are modelled; the others are accepted and have no effect.
type releaseArgs struct {
	Chart           string         `json:"chart"`
	Name            string         `json:"name"`
	Namespace       string         `json:"namespace"`
	Version         string         `json:"version"`
	Values          map[string]any `json:"values"`
	SkipAwait       bool           `json:"skipAwait"`
	SkipCrds        bool           `json:"skipCrds"`
	Atomic          bool           `json:"atomic"`
	CreateNamespace bool           `json:"createNamespace"`
	RepositoryOpts  struct {
		Repo string `json:"repo"`
	} `json:"repositoryOpts"`
}

// otherReleaseInputs are the inputs without an effect.
var otherReleaseInputs = []string{"allowNullValues", "cleanupOnFail", "compat", "dependencyUpdate", "description", "devel", "disableCRDHooks",
	"disableOpenapiValidation", "disableWebhooks", "forceUpdate", "lint", "maxHistory", "recreatePods", "renderSubchartNotes", "replace",
	"resetValues", "reuseValues", "timeout", "waitForJobs",
	// The provider fills these in.
	"checksum", "resourceNames", "status"}

func releaseKind() *kind {
	return &kind{
		typ: releaseType, name: "name",
		defaults: Properties{"namespace": "default", "timeout": float64(300)},
		forceNew: []string{"name", "namespace"},
		create:   func(c *call, o *Object) error { return c.installRelease(o) },
		update:   func(c *call, o, old *Object) error { return c.upgradeRelease(o, old) },
		await:    awaitRelease,
		remove:   func(c *call, o *Object) error { return c.uninstall(o) },
		creation: 45 * time.Second, deletion: 10 * time.Second,
	}
}

// installRelease checks and renders a release and stores its objects.
func (w *World) installRelease(o *Object) error {
	args, loaded, err := w.releaseArgs(o)
	if err != nil {
		return err
	}
	o.ID = identity(args.Namespace, args.Name)
	if err := first(
		releaseNamed.when(chartutil.ValidateReleaseName(args.Name) != nil, args.Name),
		releaseUnique.when(w.find(o.Cluster, releaseType, o.ID) != nil),
	); err != nil {
		return err
	}
	if err := w.releaseNamespace(o, args); err != nil {
		return err
	}
	made := w.installDefinitions(o.Cluster, loaded, args)
	objects, err := w.renderRelease(o, args, loaded)
	if err == nil {
		err = w.storeRelease(o, objects)
	}
	if err != nil {
		for _, definition := range made {
			w.drop(definition)
		}
		return err
	}
	o.Outputs = w.releaseOutputs(o, args, loaded, objects, 1)
	return nil
}

// releaseArgs reads a release's inputs and loads its chart.
func (w *World) releaseArgs(o *Object) (*releaseArgs, *chart.Chart, error) {
	known := append([]string{"chart", "name", "namespace", "version", "values", "skipAwait", "skipCrds", "atomic", "createNamespace", "repositoryOpts"}, otherReleaseInputs...)
	for input := range o.Inputs {
		if err := releaseInputs.when(!slices.Contains(known, input), input); err != nil {
			return nil, nil, err
		}
	}
	args, err := as[releaseArgs](o.Inputs)
	if err != nil {
		return nil, nil, err
	}
	if args.Namespace == "" {
		args.Namespace = "default"
	}
	loaded, err := loadChart(w.options.Chart)
	if err != nil {
		return nil, nil, err
	}
	repository, version := args.RepositoryOpts.Repo, loaded.Metadata.Version
	return &args, loaded, first(
		chartFound.when(args.Chart != loaded.Metadata.Name || strings.TrimSuffix(repository, "/") != controllerRepository, args.Chart, repository),
		chartVersion.when(args.Version != "" && strings.TrimPrefix(args.Version, "v") != version, args.Chart, args.Version, repository, version),
		checkValues(args.Values, loaded.Values, ""),
	)
}

// releaseNamespace creates the release's namespace if its inputs say so, and refuses a missing one.
func (w *World) releaseNamespace(o *Object, args *releaseArgs) error {
	if slices.Contains(systemNamespaces, args.Namespace) || w.find(o.Cluster, namespaceType, args.Namespace) != nil {
		return nil
	}
	if err := releaseNamespace.when(!args.CreateNamespace, args.Namespace); err != nil || !args.CreateNamespace {
		return err
	}
	namespace := &Object{Type: namespaceType, Cluster: o.Cluster, Owner: helmOwner, Inputs: Properties{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": args.Namespace}}}
	if err := w.accept(builtin(namespaceType), namespace); err != nil {
		return err
	}
	w.put(namespace)
	return nil
}

// installDefinitions stores the chart's CustomResourceDefinitions that the cluster does not have. Helm neither changes
// nor removes them later (https://helm.sh/docs/chart_best_practices/custom_resource_definitions/).
func (w *World) installDefinitions(cluster string, loaded *chart.Chart, args *releaseArgs) (made []*Object) {
	if args.SkipCrds {
		return nil
	}
	for _, file := range loaded.CRDObjects() {
		definitions, err := documents(string(file.File.Data))
		if err != nil {
			continue
		}
		for _, manifest := range definitions {
			undescribe(manifest)
			o := &Object{Type: crdType, Cluster: cluster, Owner: helmOwner, Outputs: manifest}
			if o.ID = o.name(); manifest["kind"] == "CustomResourceDefinition" && w.find(cluster, crdType, o.ID) == nil {
				w.put(o)
				made = append(made, o)
			}
		}
	}
	return made
}

// undescribe removes the descriptions from a definition's schemas: they are most of it, and the account is saved often.
func undescribe(value any) {
	switch v := value.(type) {
	case map[string]any:
		if _, explains := v["description"].(string); explains {
			delete(v, "description")
		}
		for _, inner := range v {
			undescribe(inner)
		}
	case []any:
		for _, inner := range v {
			undescribe(inner)
		}
	}
}

// renderRelease renders a release into objects, each with the release's mark; an object of an unknown kind is refused.
func (w *World) renderRelease(o *Object, args *releaseArgs, loaded *chart.Chart) ([]*Object, error) {
	version := "1.35"
	if eks := w.get(clusterType, o.Cluster); eks != nil && eks.text("version") != "" {
		version = eks.text("version")
	}
	manifests, err := render(loaded, args.Values, args.Name, args.Namespace, version)
	if err != nil {
		return nil, err
	}
	var objects []*Object
	for _, manifest := range manifests {
		made := &Object{Cluster: o.Cluster, Owner: helmOwner, Inputs: manifest}
		apiVersion, _ := manifest["apiVersion"].(string)
		kind, _ := manifest["kind"].(string)
		t := w.served(o.Cluster, apiVersion, kind)
		if err := releaseKinds.when(t == nil, made.name(), args.Namespace, kind, apiVersion); err != nil || t == nil {
			return nil, err
		}
		made.Type = t.typ
		namespace := made.namespace()
		if t.namespaced && namespace == "" {
			namespace = args.Namespace
			mapOf(manifest["metadata"])["namespace"] = namespace
		}
		made.ID = identity(namespace, made.name())
		objects = append(objects, made)
	}
	return objects, nil
}

// releaseMark is the annotation of an object with the name of its release.
const releaseMark = "meta.helm.sh/release"

// installOrder is Helm's (pkg/releaseutil/kind_sorter.go), as far as the order matters here: webhooks are last, so that
// a chart's own Services do not wait for them.
var installOrder = []string{secretType, serviceAccountType, configMapType, crdType, clusterRoleType, clusterBindingType, serviceType, podType, deploymentType,
	ingressType, ingressClassType}

// storeRelease sends a release's objects to the API server in Helm's order. If one is refused, those that were stored
// are deleted.
func (w *World) storeRelease(release *Object, objects []*Object) error {
	slices.SortStableFunc(objects, func(a, b *Object) int { return position(a.Type) - position(b.Type) })
	for _, o := range objects {
		if err := releaseOwns.when(w.find(o.Cluster, o.Type, o.ID) != nil, "install", lastOf(o.Type, ":"), o.name(), o.namespace()); err != nil {
			return err
		}
	}
	var stored []*Object
	for _, o := range objects {
		if err := w.sendForRelease(release, o); err != nil {
			for _, s := range stored {
				w.drop(s)
			}
			return err
		}
		stored = append(stored, o)
	}
	return nil
}

// position returns a type's position in Helm's order; types that are not in it are after those that are.
func position(typ string) int {
	if at := slices.Index(installOrder, typ); at >= 0 {
		return at
	}
	if typ == mutatingType || typ == validatingType {
		return len(installOrder) + 1
	}
	return len(installOrder)
}

// sendForRelease creates an object, or changes the existing one, and marks it as the release's.
func (w *World) sendForRelease(release, o *Object) error {
	t := w.served(o.Cluster, o.at("apiVersion").(string), o.at("kind").(string))
	existing := w.find(o.Cluster, o.Type, o.ID)
	if existing != nil {
		if err := w.change(t, o.Inputs, o, existing); err != nil {
			return fmt.Errorf("cannot patch %q with kind %s: %w", o.name(), t.kind, err)
		}
	} else if err := w.accept(t, o); err != nil {
		return fmt.Errorf("failed to create resource: %w", err)
	}
	metadata := mapOf(o.Outputs["metadata"])
	annotations := mapOf(metadata["annotations"])
	if annotations == nil {
		annotations = map[string]any{}
	}
	annotations[releaseMark] = release.ID
	metadata["annotations"] = annotations
	w.put(o)
	return nil
}

// installed returns the objects of a release.
func (w *World) installed(release *Object) []*Object {
	return w.in(release.Cluster, "", func(o *Object) bool {
		return o.Owner == helmOwner && o.meta().GetAnnotations()[releaseMark] == release.ID
	})
}

// upgradeRelease renders a release again, updates changed objects and deletes those that are no longer in it.
func (w *World) upgradeRelease(o, old *Object) error {
	args, loaded, err := w.releaseArgs(o)
	if err := first(err, releasePending.when(pending(old))); err != nil {
		return err
	}
	objects, err := w.renderRelease(o, args, loaded)
	if err != nil {
		return err
	}
	before := w.installed(old)
	slices.SortStableFunc(objects, func(a, b *Object) int { return position(a.Type) - position(b.Type) })
	for _, made := range objects {
		existing := w.find(made.Cluster, made.Type, made.ID)
		if err := releaseOwns.when(existing != nil && !slices.Contains(before, existing), "update", lastOf(made.Type, ":"), made.name(), made.namespace()); err != nil {
			return err
		}
	}
	for _, made := range objects {
		if err := w.sendForRelease(o, made); err != nil {
			return err
		}
	}
	for _, existing := range before {
		if !slices.ContainsFunc(objects, func(made *Object) bool { return made.key() == existing.key() }) {
			w.markDeleted(existing)
		}
	}
	o.Outputs = w.releaseOutputs(o, args, loaded, objects, integer(old.at("status.revision"))+1)
	o.learn(previousInputs, clone(old.Inputs))
	return nil
}

// uninstall deletes a release's objects, but not CustomResourceDefinitions.
func (c *call) uninstall(o *Object) error {
	for _, existing := range c.installed(o) {
		c.markDeleted(existing)
	}
	c.settle()
	return nil
}

// releaseOutputs returns a release as the provider shows it.
func (w *World) releaseOutputs(o *Object, args *releaseArgs, loaded *chart.Chart, objects []*Object, revision int) Properties {
	names := map[string]any{}
	for _, made := range objects {
		group := lastOf(made.Type, ":") + "/" + fmt.Sprint(made.at("apiVersion"))
		list, _ := names[group].([]any)
		names[group] = append(list, made.ID)
	}
	outputs := clone(o.Inputs)
	outputs["version"] = loaded.Metadata.Version
	outputs["resourceNames"] = names
	outputs["status"] = map[string]any{
		"name": args.Name, "namespace": args.Namespace, "chart": loaded.Metadata.Name, "version": loaded.Metadata.Version,
		"appVersion": loaded.Metadata.AppVersion, "revision": float64(revision), "status": "deployed",
	}
	return outputs
}

// awaitRelease returns what Helm's wait does: nil once the release's Deployments are available. An atomic release is
// uninstalled otherwise.
func awaitRelease(c *call, o *Object) error {
	atomic := o.at("atomic") == true
	if o.at("skipAwait") == true && !atomic {
		return nil
	}
	for _, made := range c.installed(o) {
		blocked := c.blocks(made)
		if blocked == nil {
			continue
		}
		o.set("status.status", "failed")
		if !atomic || integer(o.at("status.revision")) > 1 {
			return incomplete(releaseReady.when(true, o.ID), blocked)
		}
		if err := c.uninstall(o); err != nil {
			return err
		}
		c.drop(o)
		return caused(releaseAtomic.when(true, o.text("name")), blocked)
	}
	o.set("status.status", "deployed")
	return nil
}

// blocks returns what Helm's wait waits for on an object of a release.
func (c *call) blocks(o *Object) error {
	switch {
	case o.Type == deploymentType:
		return awaitDeployment(c, o)
	case o.Type == serviceType && o.text("spec.type") == string(corev1.ServiceTypeLoadBalancer):
		return awaitService(c, o)
	}
	return nil
}
