package rows

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/path"
	"eksnet/plan"
	"eksnet/plan/balancer"
)

// Row is a combination that works, with the defaults of the stack file. Combinations with the same row create the same
// load balancer.
type Row struct {
	Kind          string `json:"kind"`
	Target        string `json:"target"`
	TrafficPolicy string `json:"trafficPolicy,omitempty"`
	// Protocol is the listener's: TCP, TLS, UDP or HTTP.
	Protocol              string `json:"protocol"`
	ProxyProtocol         bool   `json:"proxyProtocol"`
	PreserveClientAddress bool   `json:"preserveClientAddress"`
}

// String returns the row as the name of a workload, such as nlb-instance-local-tls-preserve.
func (r Row) String() string {
	words := []string{r.Kind, r.Target}
	if r.TrafficPolicy != "" {
		words = append(words, r.TrafficPolicy)
	}
	words = append(words, r.Protocol)
	if r.ProxyProtocol {
		words = append(words, "proxy")
	}
	if r.PreserveClientAddress {
		words = append(words, "preserve")
	}
	return strings.ToLower(strings.Join(words, "-"))
}

// Planned is a row with its path.
type Planned struct {
	Row
	Path path.Path

	workload string
}

// All returns the rows that work, each once, in the order of the combinations.
func All() ([]Planned, error) {
	var all []Planned
	for c := range Combinations {
		s, problems := load(`{"shop": ` + c.Workload() + `}`)
		if problems.Err() != nil {
			continue
		}
		way, err := path.Of(s, "shop")
		if err != nil {
			return nil, err
		}
		row := rowOf(s.Workloads["shop"], way)
		if !slices.ContainsFunc(all, func(p Planned) bool { return p.Row == row }) {
			all = append(all, Planned{row, way, c.Workload()})
		}
	}
	return all, nil
}

func rowOf(w config.Workload, way path.Path) Row {
	listeners := way.Balancer.Listeners
	return Row{Kind: w.Kind, Target: w.Target, TrafficPolicy: w.TrafficPolicy, Protocol: listeners[len(listeners)-1].Protocol,
		ProxyProtocol: w.ProxyProtocol, PreserveClientAddress: w.IsNLB() && balancer.PreservesClientAddress(w)}
}

// settings are those of the stack besides its workloads. It has a node in each of three zones, and a workload has two
// pods, so that a node and a zone have none.
var settings = map[string]string{
	"aws:region":            "ap-northeast-2",
	"aws:allowedAccountIds": `["111122223333"]`,
	"eksnet:network":        `{"zones": ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"], "nat": "single"}`,
	"eksnet:cluster":        `{"name": "paths", "endpoint": {"private": true}}`,
	"eksnet:nodeGroups":     `{"general": {"instanceTypes": ["m7g.xlarge"], "scaling": {"min": 3, "desired": 3, "max": 4}}}`,
}

func load(workloads string) (*config.Stack, config.Problems) {
	all := maps.Clone(settings)
	all["eksnet:workloads"] = workloads
	s, problems := config.Load(func(key string) (string, bool) { value, set := all[key]; return value, set }, slices.Collect(maps.Keys(all)))
	_, more := plan.New(s)
	return s, problems.With(more)
}

// StackFile returns a stack file with a workload for each row, which has the row's name. It is JSON, which is YAML too.
func StackFile() ([]byte, error) {
	all, err := All()
	if err != nil {
		return nil, err
	}
	workloads := map[string]json.RawMessage{}
	for _, r := range all {
		workloads[r.String()] = json.RawMessage(r.workload)
	}
	file := map[string]any{"eksnet:workloads": workloads}
	for key, value := range settings {
		if file[key] = json.RawMessage(value); !json.Valid([]byte(value)) {
			file[key] = value // a string
		}
	}
	text, err := json.MarshalIndent(map[string]any{"config": file}, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}
