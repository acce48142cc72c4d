package world

import (
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
)

// PublishedChart is a place of the load balancer controller's chart beside the one that it comes from: Chart and
// Repository are those inputs of a release, where Chart is an oci:// address without a Repository.
type PublishedChart struct{ Chart, Repository, Version string }

// PublishChart publishes the chart that the world has in another repository or in another version. The content is the
// same.
func (w *World) PublishChart(chart, repository, version string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.options.Published = append(slices.Clip(w.options.Published), PublishedChart{chart, repository, version})
}

// publishedAt is the published chart that a release asks for, nil for none.
func (w *World) publishedAt(args *releaseArgs) *PublishedChart {
	asked := PublishedChart{args.Chart, args.RepositoryOpts.Repo, strings.TrimPrefix(args.Version, "v")}
	if slices.Contains(w.options.Published, asked) {
		return &asked
	}
	return nil
}

// inVersion is a chart in another version of chart and application.
func inVersion(loaded *chart.Chart, version string) *chart.Chart {
	metadata, other := *loaded.Metadata, *loaded
	metadata.Version, metadata.AppVersion = version, "v"+version
	other.Metadata = &metadata
	return &other
}
