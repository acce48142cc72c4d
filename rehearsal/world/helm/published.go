package helm

import (
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"

	"eksnet/rehearsal/world/store"
)

// publishedAt is the published chart that a release asks for, nil for none.
func publishedAt(w *store.Account, args *releaseArgs) *store.PublishedChart {
	asked := store.PublishedChart{Chart: args.Chart, Repository: args.RepositoryOpts.Repo, Version: strings.TrimPrefix(args.Version, "v")}
	if slices.Contains(w.Options.Published, asked) {
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
