package rehearsed

import (
	"encoding/json"
	"fmt"
	"os"
)

// Plan is what `eksnet plan -json` tells of a stack and the lab can look at.
type Plan struct {
	Workloads []Workload
	Quotas    []Quota
}

// Workload is a sample as planned.
type Workload struct {
	// Kind is clb, nlb, alb, or one without a load balancer: policy, netshoot.
	Name, Kind, Scheme, Target, Group string
	Hosts, Paths                      []string
	// DefaultBackend gets what no rule of an ALB takes.
	DefaultBackend bool
	// Certificate is an ARN, "" for none.
	Certificate string
	// ElasticIPs are allocation ids, one for each zone.
	ElasticIPs []string
	// ReadinessGate makes pods wait until their load balancer finds them healthy.
	ReadinessGate bool
	Replicas      int
	// AddressOf is the object that gets the address: "Service shop/shop-nlb", "-" for none.
	AddressOf string
}

// Balanced tells whether a workload has a load balancer.
func (w *Workload) Balanced() bool { return w.Kind == "clb" || w.Kind == "nlb" || w.Kind == "alb" }

// Quota is how much a stack needs of one of AWS's limits.
type Quota struct {
	Service, Name string
	Needed        int
}

// Path is the way of a packet to a workload's pods, as `eksnet path -json` tells it. What pods send by themselves leaves no trace in an
// account, so that is not here.
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

// Balancer is where clients come to; nil of a workload without one. Subnets are public or private.
type Balancer struct {
	Scheme    string           `json:"scheme"`
	Group     string           `json:"group"`
	Zones     []string         `json:"zones"`
	Subnets   string           `json:"subnets"`
	Listeners []ListenerOfPath `json:"listeners"`
}

// ListenerOfPath is a port that takes connections; Redirect sends them to HTTPS.
type ListenerOfPath struct {
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
	Redirect bool   `json:"redirect"`
}

// Target is what the load balancer sends to: nodes (instance) or pods (ip). Port 0 is a node port.
type Target struct {
	Type     string `json:"type"`
	Protocol string `json:"protocol"`
	Port     int    `json:"port"`
}

// Crossings are hops on which a packet may change its zone.
type Crossings struct {
	ToTarget bool `json:"loadBalancerToTarget"`
	ToPod    bool `json:"nodeToPod"`
}

// Check is a health check. Port 0 is a port of the node that Kubernetes chose; By is who answers.
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
