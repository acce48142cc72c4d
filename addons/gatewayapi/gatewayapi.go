// Package gatewayapi holds the custom resource definitions of the Gateway API that fit the load balancer controller:
// those of the standard channel with its admission policy, and TCPRoute and UDPRoute of the experimental one. They are
// github.com/kubernetes-sigs/gateway-api's, under the Apache License 2.0; the header of the file names version and
// license. `go run ./cmd/gatewayapi` in rehearsal/ writes the file.
package gatewayapi

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

//go:embed definitions.json.gz
var compressed []byte

// Definition is an object of the Gateway API's installation.
type Definition struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
	Spec       map[string]any `json:"spec"`
}

// Name returns the name of the object.
func (d Definition) Name() string {
	name, _ := d.Metadata["name"].(string)
	return name
}

// Read returns the objects in the order of the file, by kind and name.
func Read() ([]Definition, error) {
	file, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return nil, fmt.Errorf("definitions of the Gateway API: %w", err)
	}
	var all []Definition
	for decoder := json.NewDecoder(file); ; {
		var d Definition
		switch err := decoder.Decode(&d); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("definitions of the Gateway API: %w", err)
		}
		all = append(all, d)
	}
}
