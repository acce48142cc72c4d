package check

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sigs.k8s.io/yaml"

	"eksnet/config"
)

// Workloads of the suite of disruptions: one of each kind with the keys of deployments without lost requests, and one
// without them.
const (
	plainPackets  = "plain-packets"
	plainWeb      = "plain-web"
	steadyPackets = "steady-packets"
	steadyWeb     = "steady-web"
)

var (
	plainWorkloads     = []string{plainPackets, plainWeb}
	steadyWorkloads    = []string{steadyPackets, steadyWeb}
	disruptedWorkloads = []string{plainPackets, plainWeb, steadyPackets, steadyWeb}
)

// DisruptedStack returns a stack file whose workloads are those of the suite of disruptions, so that it measures the
// same on each stack. They have a pod for each zone. Their health checks have the shortest times that AWS accepts, and
// the delays are short enough for a check. Image and scheme are those of the stack's own workloads, because a stack
// without a way to the internet pulls no public image. The Network Load Balancers send to the targets of all zones:
// otherwise the only pod of a zone cannot be replaced without a loss, because clients use the address of the zone until
// they resolve the name again.
func DisruptedStack(stackFile []byte) ([]byte, error) {
	var file struct {
		Config map[string]any `json:"config"`
	}
	if err := yaml.Unmarshal(stackFile, &file); err != nil {
		return nil, err
	}
	zones, err := zonesOf(file.Config)
	if err != nil {
		return nil, err
	}
	own := ownKeys(file.Config)
	health := map[string]any{"interval": 5, "healthyThreshold": 2, "unhealthyThreshold": 2}
	workload := func(kind string, keys map[string]any) map[string]any {
		w := map[string]any{"kind": kind, "replicas": zones, "health": health}
		if kind == config.KindNLB {
			w["crossZone"] = true
		}
		maps.Copy(w, own)
		maps.Copy(w, keys)
		return w
	}
	keys := map[string]any{"readinessGate": true, "preStop": 10, "gracePeriod": 30, "deregistrationDelay": 20, "minAvailable": zones - 1}
	file.Config["eksnet:workloads"] = map[string]any{
		plainPackets: workload(config.KindNLB, nil), plainWeb: workload(config.KindALB, nil),
		steadyPackets: workload(config.KindNLB, keys), steadyWeb: workload(config.KindALB, keys)}
	return yaml.Marshal(file)
}

// ownKeys returns image and scheme of the first workload, by name, that is an echo server behind a load balancer.
func ownKeys(configuration map[string]any) map[string]any {
	workloads, _ := configuration["eksnet:workloads"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w, _ := workloads[name].(map[string]any)
		kind, _ := w["kind"].(string)
		app, _ := w["app"].(string)
		if !slices.Contains(config.BalancedKinds, kind) || cmp.Or(app, config.AppEcho) != config.AppEcho {
			continue
		}
		keys := maps.Clone(w)
		maps.DeleteFunc(keys, func(key string, _ any) bool { return key != "image" && key != "scheme" })
		return keys
	}
	return nil
}

// zonesOf returns the number of zones in the configuration of a stack.
func zonesOf(configuration map[string]any) (int, error) {
	var network struct{ Zones []string }
	text, err := json.Marshal(configuration["eksnet:network"])
	if err == nil {
		err = json.Unmarshal(text, &network)
	}
	if err == nil && len(network.Zones) == 0 {
		err = errors.New("no zones; accepted: two to four")
	}
	if err != nil {
		return 0, fmt.Errorf("eksnet:network: %w", err)
	}
	return len(network.Zones), nil
}
