// Command instances writes the table of instance types of internal/awsdata from the source of the VPC CNI. The CNI's
// module is downloaded and read, and no module of this repository requires it: importing it would raise forty versions
// for one table.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "../internal/awsdata/instance_table.go", "file to write")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "instances:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	source, err := generate()
	if err != nil {
		return err
	}
	return os.WriteFile(path, source, 0o644)
}

// generate returns the Go file of the table.
func generate() ([]byte, error) {
	limits, err := readLimits()
	if err != nil {
		return nil, err
	}
	return render(limits)
}
