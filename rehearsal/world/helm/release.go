package helm

import (
	"slices"
	"time"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	corev1 "k8s.io/api/core/v1"

	"eksnet/internal/charts"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

const releaseSource = "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/helm_release.go"

var (
	ChartFound = store.NewRule("a release's chart is in its repository",
		`chart "%s" not found in %s repository`, "https://github.com/helm/helm/blob/v3.18.5/pkg/repo/chartrepo.go; the simulated account has the charts of internal/charts")
	ChartVersion = store.NewRule("a release's chart exists in the version",
		`chart "%s" version "%s" not found in %s repository: the simulated account has version %s`, "https://github.com/helm/helm/blob/v3.18.5/pkg/repo/chartrepo.go")
	ReleaseUnique = store.NewRule("a release's name is unique in its namespace",
		`cannot re-use a name that is still in use`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/install.go")
	ReleaseNamed = store.NewRule("a release's name is a DNS label of at most 53 characters",
		`invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53: %s`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/chartutil/validate_name.go")
	ReleaseNamespace = store.NewRule("a release's namespace exists or is created with it",
		`create: failed to create: namespaces "%s" not found`, "https://github.com/helm/helm/blob/v3.18.5/pkg/action/install.go")
	ReleaseKinds = store.NewRule("a cluster serves every kind that a chart renders",
		`unable to build kubernetes objects from release manifest: resource mapping not found for name: "%s" namespace: "%s" from "": no matches for kind "%s" in version "%s" ensure CRDs are installed first`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/kube/client.go")
	ReleaseOwns = store.NewRule("a release does not take over existing objects",
		`Unable to continue with %s: %s "%s" in namespace "%s" exists and cannot be imported into the current release: invalid ownership metadata`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/action/validate.go")
	ReleaseReady = store.NewRule("a release's Deployments become available while it waits",
		`Helm release "%s" was created, but failed to initialize completely. Use Helm CLI to investigate.: failed to become available within allocated timeout. Error: Helm Release %[1]s: context deadline exceeded`,
		releaseSource)
	ReleaseAtomic = store.NewRule("an atomic release that does not become ready is uninstalled",
		`release %s failed, and has been uninstalled due to atomic being set: context deadline exceeded`,
		"https://github.com/helm/helm/blob/v3.18.5/pkg/action/install.go")
	ReleaseInputs = store.NewRule("a release has only inputs of its resource type",
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

// Release is a release of a chart.
type Release struct {
	releaseArgs
	Status ReleaseStatus `json:"status"`
}

// ReleaseStatus is the state of a release as Helm stores it.
type ReleaseStatus struct {
	Status   string `json:"status"` // one of the constants
	Revision int    `json:"revision"`
}

// The states of a release (https://github.com/helm/helm/blob/v3.18.5/pkg/release/status.go).
const (
	deployed       = "deployed"
	failed         = "failed"
	superseded     = "superseded"
	pendingInstall = "pending-install"
	pendingUpgrade = "pending-upgrade"
)

func setStatus(release *store.Object, status string) { release.SetAt(status, "status", "status") }

// FailRelease marks a release whose installation or upgrade failed.
func FailRelease(release *store.Object) { setStatus(release, failed) }

// ReleaseOf returns the properties of a release.
func ReleaseOf(o *store.Object) *Release { return store.Decode[Release](o) }

// otherReleaseInputs are the inputs without an effect.
var otherReleaseInputs = []string{"allowNullValues", "cleanupOnFail", "compat", "dependencyUpdate", "description", "devel", "disableCRDHooks",
	"disableOpenapiValidation", "disableWebhooks", "forceUpdate", "keyring", "lint", "maxHistory", "postrender", "recreatePods", "renderSubchartNotes", "replace",
	"resetValues", "reuseValues", "timeout", "verify", "waitForJobs",
	// The provider fills these in.
	"checksum", "resourceNames", "status"}

// Kinds are the types that Helm's releases have.
func Kinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.ReleaseType, Name: "name",
		Defaults: store.Properties{"namespace": "default", "timeout": float64(300)},
		ForceNew: []string{"name", "namespace"},
		Check:    setVersion,
		Create:   func(c *store.Call, o *store.Object) error { return installRelease(c.Account, o) },
		Update:   func(c *store.Call, o, old *store.Object) error { return upgradeRelease(c.Account, o, old) },
		Await:    awaitRelease,
		Remove:   Uninstall,
		Creation: 45 * time.Second, Deletion: 10 * time.Second,
	}}
}

// Timeouts are how long Helm waits for what a rule refuses.
func Timeouts() map[store.Rule]time.Duration {
	return map[store.Rule]time.Duration{ReleaseReady: 5 * time.Minute}
}

// setVersion sets the version of a chart that is a folder, as the provider does before it compares inputs
// (github.com/pulumi/pulumi-kubernetes, provider/pkg/provider/helm_release.go, Check).
func setVersion(inputs store.Properties) []store.Failure {
	name, _ := inputs["chart"].(string)
	described, known := charts.Named(name)
	if version, _ := inputs["version"].(string); known && described.Repository == charts.OwnCharts && version == "" {
		inputs["version"] = described.Version
	}
	return nil
}

// installRelease checks and renders a release and stores its objects.
func installRelease(w *store.Account, o *store.Object) error {
	args, loaded, err := readRelease(w, o)
	if err != nil {
		return err
	}
	o.ID = kube.ObjectID(args.Namespace, args.Name)
	if err := store.First(
		ReleaseNamed.When(chartutil.ValidateReleaseName(args.Name) != nil, args.Name),
		ReleaseUnique.When(w.Find(o.Cluster, store.ReleaseType, o.ID) != nil),
	); err != nil {
		return err
	}
	if err := createNamespace(w, o, args); err != nil {
		return err
	}
	made := installDefinitions(w, o.Cluster, loaded, args)
	objects, err := renderRelease(w, o, args, loaded)
	if err == nil {
		err = storeRelease(w, o, objects)
	}
	if err != nil {
		for _, definition := range made {
			w.Drop(definition)
		}
		return err
	}
	o.Outputs = releaseOutputs(w, o, args, loaded, objects, 1)
	return nil
}

// readRelease reads a release's inputs and loads its chart.
func readRelease(w *store.Account, o *store.Object) (*releaseArgs, *chart.Chart, error) {
	known := append([]string{"chart", "name", "namespace", "version", "values", "skipAwait", "skipCrds", "atomic", "createNamespace", "repositoryOpts"}, otherReleaseInputs...)
	for input, value := range o.Inputs {
		// The provider sends "" and false for texts and flags that the program leaves out.
		omitted := value == "" || value == false
		if err := ReleaseInputs.When(!omitted && !slices.Contains(known, input), input); err != nil {
			return nil, nil, err
		}
	}
	args, err := store.As[releaseArgs](o.Inputs)
	if err != nil {
		return nil, nil, err
	}
	if args.Namespace == "" {
		args.Namespace = "default"
	}
	loaded, err := findChart(w, &args)
	return &args, loaded, err
}

// createNamespace creates the release's namespace if its inputs say so, and refuses a missing one.
func createNamespace(w *store.Account, o *store.Object, args *releaseArgs) error {
	if slices.Contains(kube.SystemNamespaces, args.Namespace) || w.Find(o.Cluster, store.NamespaceType, args.Namespace) != nil {
		return nil
	}
	if err := ReleaseNamespace.When(!args.CreateNamespace, args.Namespace); err != nil || !args.CreateNamespace {
		return err
	}
	namespace := &store.Object{Type: store.NamespaceType, Cluster: o.Cluster, Owner: helmOwner, Inputs: store.Properties{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": args.Namespace}}}
	if err := kube.AcceptObject(w, kube.BuiltinType(store.NamespaceType), namespace); err != nil {
		return err
	}
	w.Put(namespace)
	return nil
}

// upgradeRelease renders a release again, updates changed objects and deletes those that are no longer in it.
func upgradeRelease(w *store.Account, o, old *store.Object) error {
	args, loaded, err := readRelease(w, o)
	if err := store.First(err, ReleasePending.When(IsPending(old))); err != nil {
		return err
	}
	objects, err := renderRelease(w, o, args, loaded)
	if err != nil {
		return err
	}
	before := IsInstalled(w, old)
	slices.SortStableFunc(objects, func(a, b *store.Object) int { return position(a.Type) - position(b.Type) })
	for _, made := range objects {
		existing := w.Find(made.Cluster, made.Type, made.ID)
		if err := ReleaseOwns.When(existing != nil && !slices.Contains(before, existing), "update", store.LastOf(made.Type, ":"), kube.Name(made), kube.Namespace(made)); err != nil {
			return err
		}
	}
	for _, made := range objects {
		if err := sendForRelease(w, o, made); err != nil {
			return err
		}
	}
	for _, existing := range before {
		if !isKept(existing) && !slices.ContainsFunc(objects, func(made *store.Object) bool { return made.Key() == existing.Key() }) {
			kube.MarkDeleted(w, existing)
		}
	}
	o.Outputs = releaseOutputs(w, o, args, loaded, objects, ReleaseOf(old).Status.Revision+1)
	o.Learn(previousInputs, store.Clone(old.Inputs))
	return nil
}

// Uninstall runs the hooks of a release, and deletes its objects, but neither the definitions beside its templates nor
// objects that are kept.
func Uninstall(c *store.Call, o *store.Object) error {
	if err := runPreDelete(c, o); err != nil {
		return err
	}
	UninstallWithoutHooks(c, o)
	return nil
}

// UninstallWithoutHooks deletes the objects of a release only.
func UninstallWithoutHooks(c *store.Call, o *store.Object) {
	for _, existing := range IsInstalled(c.Account, o) {
		if !isKept(existing) {
			kube.MarkDeleted(c.Account, existing)
		}
	}
	c.Settle()
}

// resourcePolicy is the annotation of an object that Helm keeps when its release no longer has it, such as Istio's
// definitions (https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource).
const resourcePolicy = "helm.sh/resource-policy"

func isKept(o *store.Object) bool { return kube.Meta(o).GetAnnotations()[resourcePolicy] == "keep" }

// releaseOutputs returns a release as the provider shows it.
func releaseOutputs(w *store.Account, o *store.Object, args *releaseArgs, loaded *chart.Chart, objects []*store.Object, revision int) store.Properties {
	names := map[string]any{}
	for _, made := range objects {
		group := store.LastOf(made.Type, ":") + "/" + made.Text("apiVersion")
		list, _ := names[group].([]any)
		names[group] = append(list, made.ID)
	}
	outputs := store.Clone(o.Inputs)
	outputs["version"] = loaded.Metadata.Version
	outputs["resourceNames"] = names
	outputs["status"] = map[string]any{
		"name": args.Name, "namespace": args.Namespace, "chart": loaded.Metadata.Name, "version": loaded.Metadata.Version,
		"appVersion": loaded.Metadata.AppVersion, "revision": float64(revision), "status": deployed,
	}
	return outputs
}

// awaitRelease returns what Helm's wait does: nil once the release's Deployments are available. An atomic release is
// uninstalled otherwise.
func awaitRelease(c *store.Call, o *store.Object) error {
	release := ReleaseOf(o)
	if release.SkipAwait && !release.Atomic {
		return nil
	}
	for _, made := range IsInstalled(c.Account, o) {
		blocked := blocks(c, made)
		if blocked == nil {
			continue
		}
		FailRelease(o)
		if !release.Atomic || release.Status.Revision > 1 {
			return store.NotReady(ReleaseReady.When(true, o.ID), blocked)
		}
		if err := Uninstall(c, o); err != nil {
			return err
		}
		c.Drop(o)
		return store.Caused(ReleaseAtomic.When(true, release.Name), blocked)
	}
	setStatus(o, deployed)
	return nil
}

// blocks returns what Helm's wait waits for on an object of a release.
func blocks(c *store.Call, o *store.Object) error {
	switch {
	case o.Type == store.DeploymentType:
		return kube.AwaitDeployment(c, o)
	case o.Type == store.ServiceType:
		if s := kube.Live[corev1.Service](o); s.Spec.Type == corev1.ServiceTypeLoadBalancer {
			return kube.AwaitService(c, o)
		}
	}
	return nil
}
