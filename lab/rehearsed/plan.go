package rehearsed

import (
	"encoding/json"
	"fmt"
	"os"

	"eksnet/config"
	"eksnet/plan/quota"
)

// Plan holds the parts of `eksnet plan -json` that the lab can check.
type Plan struct {
	Workloads []Workload
	Records   []PlannedName
	Quotas    []quota.Quota
}

// PlannedName is a name of a workload's load balancer in a hosted zone, with a record of each type.
type PlannedName struct {
	Host     string
	Zone     config.HostedZone
	Types    []string
	Workload string
}

// Workload is a planned workload, with the defaults of the stack file.
type Workload struct {
	Name string
	config.Workload
	// AddressOf is the object whose status has the address: "Service shop/shop-nlb", "-" for none.
	AddressOf string
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
