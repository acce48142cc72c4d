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

// Workload is a sample as planned. Kind is clb, nlb, alb or policy, which has no load balancer.
type Workload struct {
	Name, Kind, Scheme, Target, Group, Host, Path string
	Replicas                                      int
	// AddressOf is the object that gets the address: "Service shop/shop-nlb".
	AddressOf string
}

// Quota is how much a stack needs of one of AWS's limits.
type Quota struct {
	Service, Name string
	Needed        int
}

func readPlan(file string) (*Plan, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	p := &Plan{}
	if err := json.Unmarshal(content, p); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}
