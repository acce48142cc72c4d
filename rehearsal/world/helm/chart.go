package helm

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"eksnet/internal/charts"
	"eksnet/rehearsal/world/store"
)

var (
	ChartRenders = store.NewRule("a chart's templates can be rendered with the values",
		`execution error: %s`, "https://github.com/helm/helm/blob/v3.18.5/pkg/engine; the chart's own required values")
	ChartParses = store.NewRule("a chart's output is YAML",
		`YAML parse error on %s: %s`, "https://github.com/helm/helm/blob/v3.18.5/pkg/releaseutil/manifest_sorter.go")
	ValuesValid = store.NewRule("values match the chart's schema",
		`values don't meet the specifications of the schema(s) in the following chart(s): %s`, "https://github.com/helm/helm/blob/v3.18.5/pkg/chartutil/jsonschema.go")
)

// loadedCharts caches the loaded charts by folder; rendering does not change them.
var loadedCharts sync.Map

// LoadChart reads a chart's folder.
func LoadChart(folder string) (*chart.Chart, error) {
	if loaded, ok := loadedCharts.Load(folder); ok {
		return loaded.(*chart.Chart), nil
	}
	loaded, err := loader.Load(folder)
	if err != nil {
		return nil, fmt.Errorf("chart %s: %w", folder, err)
	}
	loadedCharts.Store(folder, loaded)
	return loaded, nil
}

// certificates replace those that the chart would generate at each rendering: the simulated account does not read them,
// and with fixed ones the output is the same each time.
var certificates = map[string]any{"caCert": "authority", "cert": "certificate", "key": "key"}

// Render renders a chart as Helm does and returns its objects.
func Render(loaded *chart.Chart, values map[string]any, name, namespace, version string) ([]store.Properties, error) {
	capabilities := chartutil.DefaultCapabilities.Copy()
	kubeVersion, err := chartutil.ParseKubeVersion("v" + version + ".0")
	if err != nil {
		return nil, err
	}
	capabilities.KubeVersion = *kubeVersion
	given := store.Clone(values)
	if given == nil {
		given = store.Properties{}
	}
	if tls := store.MapOf(given["webhookTLS"]); len(tls) == 0 && loaded.Values["webhookTLS"] != nil {
		given["webhookTLS"] = maps.Clone(certificates)
	}
	options := chartutil.ReleaseOptions{Name: name, Namespace: namespace, Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(loaded, given, options, capabilities)
	if refused := ValuesValid.When(err != nil, err); refused != nil {
		return nil, refused
	}
	files, err := engine.Render(loaded, all)
	if refused := ChartRenders.When(err != nil, err); refused != nil {
		return nil, refused
	}
	var objects []store.Properties
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if path.Ext(file) == ".txt" || strings.HasPrefix(path.Base(file), "_") {
			continue
		}
		found, err := documents(files[file])
		if refused := ChartParses.When(err != nil, file, err); refused != nil {
			return nil, refused
		}
		objects = append(objects, found...)
	}
	return objects, nil
}

// documents returns the objects of a YAML text, including those of lists.
func documents(text string) ([]store.Properties, error) {
	var found []store.Properties
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		raw, err := reader.Read()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		var o store.Properties
		if err := yaml.UnmarshalStrict(raw, &o); err != nil {
			return nil, err
		}
		switch {
		case o["kind"] == "List":
			found = append(found, store.ListOf(o["items"])...)
		case len(o) > 0:
			found = append(found, o)
		}
	}
}

// findChart loads the chart of a release, and checks the release's values.
func findChart(w *store.Account, args *releaseArgs) (*chart.Chart, error) {
	repository := args.RepositoryOpts.Repo
	described, known := charts.Named(args.Chart)
	at := publishedChart(w, args)
	chart, published := described.Source()
	elsewhere := at == nil && (args.Chart != chart || strings.TrimSuffix(repository, "/") != published)
	if err := ChartFound.When(!known || elsewhere, args.Chart, repository); err != nil || !known {
		return nil, err
	}
	loaded, err := LoadChart(w.Options.Charts[described.Name])
	if err != nil {
		return nil, err
	}
	switch {
	case at != nil:
		loaded = inVersion(loaded, at.Version, "v"+at.Version)
	case described.Unreleased != "":
		loaded = inVersion(loaded, described.Version, described.Version)
	}
	version := loaded.Metadata.Version
	return loaded, store.First(
		ChartVersion.When(args.Version != "" && strings.TrimPrefix(args.Version, "v") != version, args.Chart, args.Version, repository, version),
		valuesOf(described).check(args.Values, defaultsOf(loaded), ""),
	)
}

// publishedChart returns the published chart that a release requests, nil for none.
func publishedChart(w *store.Account, args *releaseArgs) *store.PublishedChart {
	requested := store.PublishedChart{Chart: args.Chart, Repository: args.RepositoryOpts.Repo, Version: strings.TrimPrefix(args.Version, "v")}
	if slices.Contains(w.Options.Published, requested) {
		return &requested
	}
	return nil
}

// inVersion returns a chart in another version of chart and application.
func inVersion(loaded *chart.Chart, version, application string) *chart.Chart {
	metadata, other := *loaded.Metadata, *loaded
	metadata.Version, metadata.AppVersion = version, application
	other.Metadata = &metadata
	return &other
}

// innerDefaults is the value in which Istio's charts have their defaults: a template merges profiles between these and
// the values of a release (istio.io/istio, manifests/zzz_profile.yaml).
const innerDefaults = "_internal_defaults_do_not_set"

// defaultsOf returns the defaults of a chart's values.
func defaultsOf(loaded *chart.Chart) map[string]any {
	if inner, ok := loaded.Values[innerDefaults].(map[string]any); ok {
		return inner
	}
	return loaded.Values
}
