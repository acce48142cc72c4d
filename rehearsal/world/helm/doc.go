// Package helm simulates Helm: charts, values and releases, as the provider kubernetes installs them.
package helm
