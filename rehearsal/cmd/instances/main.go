// Command instances writes the tables of instance types of internal/awsdata: their limits from the source of the VPC
// CNI, their branch interfaces from that of the VPC resource controller, their network bandwidth from that of
// Karpenter and from a collection of what EC2 describes, and their prices from that of Karpenter. These modules are
// downloaded and read, and no module of this repository requires them: importing the CNI would raise forty versions
// for one table.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	folder := flag.String("out", "../internal/awsdata", "folder of the files to write")
	flag.Parse()
	if err := write(*folder); err != nil {
		fmt.Fprintln(os.Stderr, "instances:", err)
		os.Exit(1)
	}
}

// tables are the generated files.
var tables = map[string]func() ([]byte, error){
	"instance_table.go": generate, "bandwidth_table.go": generateBandwidth, "price_table.go": generatePrices, "branch_table.go": generateBranches,
}

func write(folder string) error {
	for name, generate := range tables {
		source, err := generate()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), source, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the Go file of the limits.
func generate() ([]byte, error) {
	limits, err := readLimits()
	if err != nil {
		return nil, err
	}
	return render(limits)
}
