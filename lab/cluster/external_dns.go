package cluster

import (
	"maps"
	"strings"
	"time"

	"eksnet/internal/charts"
	"eksnet/lab/build"
	"eksnet/lab/rehearsed"
)

// labInterval is the interval at which ExternalDNS compares records in the lab. Its chart's is a minute.
const labInterval = 2 * time.Second

// newExternalDNS returns ExternalDNS.
func (l *Lab) newExternalDNS() *controller {
	return &controller{lab: l, controllerProgram: controllerProgram{name: build.ExternalDNS, title: "ExternalDNS",
		path: l.Tools.ExternalDNS, readiness: "http://127.0.0.1:7979/healthz",
		complete: func(arguments []string, _ string) []string { return withShortIntervals(arguments) }}}
}

// withShortIntervals returns the arguments of ExternalDNS with the interval of the lab.
func withShortIntervals(arguments []string) []string {
	var changed []string
	for _, argument := range arguments {
		if !strings.HasPrefix(argument, "--interval=") && !strings.HasPrefix(argument, "--min-event-sync-interval=") {
			changed = append(changed, argument)
		}
	}
	return append(changed, "--interval="+labInterval.String(), "--min-event-sync-interval="+labInterval.String())
}

// withLabInterval returns the release of ExternalDNS with the interval of the lab, and another release as it is.
func withLabInterval(r rehearsed.Release) rehearsed.Release {
	if r.ChartName() != charts.ExternalDNS {
		return r
	}
	r.Values = maps.Clone(r.Values)
	r.Values["interval"] = labInterval.String()
	return r
}
