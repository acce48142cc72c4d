package rehearsed

import (
	"encoding/json"
	"fmt"
	"os"
)

// Plan holds the parts of `eksnet plan -json` that the lab can check.
type Plan struct {
	Workloads []Workload
	Quotas    []Quota
}

// Workload is a planned workload.
type Workload struct {
	// Kind is clb, nlb, alb, or a kind without a load balancer: policy, netshoot.
	Name, Kind, Scheme, Target, Group string
	Hosts, Paths                      []string
	// DefaultBackend reports whether the workload gets the requests that match no rule of an ALB.
	DefaultBackend bool
	// Certificate is an ARN, "" for none.
	Certificate string
	// ElasticIPs holds allocation IDs, one for each zone.
	ElasticIPs []string
	// ReadinessGate reports whether pods are ready only once they are healthy targets.
	ReadinessGate bool
	Replicas      int
	// AddressOf is the object whose status has the address: "Service shop/shop-nlb", "-" for none.
	AddressOf string
}

// Balanced reports whether a workload has a load balancer.
func (w *Workload) Balanced() bool { return w.Kind == "clb" || w.Kind == "nlb" || w.Kind == "alb" }

// Quota is a stack's need of one of AWS's quotas.
type Quota struct {
	Service, Name string
	Needed        int
}

// Path is the path from clients to a workload's pods in the output of `eksnet path -json`. Outbound requests of pods
// are not visible in an account, so they are not included.
type Path struct {
	Workload  string    `json:"workload"`
	Clients   []string  `json:"clients"`
	Balancer  *Balancer `json:"loadBalancer"`
	Target    Target    `json:"target"`
	KubeProxy string    `json:"kubeProxy"`
	Source    string    `json:"source"`
	Told      string    `json:"clientToldBy"`
	Zones     Crossings `json:"crossZone"`
	Health    Check     `json:"healthCheck"`
}

// Balancer is the load balancer of a path; nil for a workload without one. Subnets is public or private.
type Balancer struct {
	Scheme    string           `json:"scheme"`
	Group     string           `json:"group"`
	Zones     []string         `json:"zones"`
	Subnets   string           `json:"subnets"`
	Listeners []ListenerOfPath `json:"listeners"`
}

// ListenerOfPath is a listener; Redirect reports whether it redirects to HTTPS.
type ListenerOfPath struct {
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
	Redirect bool   `json:"redirect"`
}

// Target is the target type of the load balancer: nodes (instance) or pods (ip). Port 0 is a node port.
type Target struct {
	Type     string `json:"type"`
	Protocol string `json:"protocol"`
	Port     int    `json:"port"`
}

// Crossings holds the hops on which traffic may cross zones.
type Crossings struct {
	ToTarget bool `json:"loadBalancerToTarget"`
	ToPod    bool `json:"nodeToPod"`
}

// Check is a health check. Port 0 is a node port that Kubernetes allocates; By is what responds.
type Check struct {
	Protocol  string `json:"protocol"`
	Port      int    `json:"port"`
	Path      string `json:"path"`
	Interval  int    `json:"interval"`
	Timeout   int    `json:"timeout"`
	Healthy   int    `json:"healthyThreshold"`
	Unhealthy int    `json:"unhealthyThreshold"`
	By        string `json:"answeredBy"`
}

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
