package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"eksnet/internal/awsdata"
)

// The module of the Gateway API, and its checksum in Go's checksum database.
const (
	module   = "sigs.k8s.io/gateway-api"
	version  = "v" + awsdata.GatewayAPIVersion
	checksum = "h1:RqVRIlkhLhUO8wOHKTLnTJA6o/1un4po4/6M1nRzdd0="
)

// patterns are the files of the module: the standard channel, and what the load balancer controller reads of the
// experimental one.
var patterns = []string{
	"config/crd/standard/*.yaml",
	"config/crd/experimental/gateway.networking.k8s.io_tcproutes.yaml",
	"config/crd/experimental/gateway.networking.k8s.io_udproutes.yaml",
}

// readModule returns the objects in the module's files.
func readModule() ([]map[string]any, error) {
	dir, err := download()
	if err != nil {
		return nil, err
	}
	var all []map[string]any
	for _, pattern := range patterns {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("%s %s has no %s", module, version, pattern)
		}
		for _, file := range files {
			objects, err := readObjects(file)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			all = append(all, objects...)
		}
	}
	return all, nil
}

// readObjects returns the objects in a file.
func readObjects(path string) ([]map[string]any, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []map[string]any
	for decoder := yaml.NewDecoder(file); ; {
		var object map[string]any
		switch err := decoder.Decode(&object); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		case object != nil:
			all = append(all, object)
		}
	}
}

// download returns the directory of the module's source.
func download() (string, error) {
	command := exec.Command("go", "mod", "download", "-json", module+"@"+version)
	command.Dir = os.TempDir() // outside a module, whose go.mod it would change
	command.Env = append(os.Environ(), "GO111MODULE=on", "GOWORK=off", "GOFLAGS=")
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("go mod download %s@%s: %w", module, version, err)
	}
	var downloaded struct{ Dir, Sum string }
	if err := json.Unmarshal(output, &downloaded); err != nil {
		return "", err
	}
	if downloaded.Sum != checksum {
		return "", fmt.Errorf("%s@%s has checksum %s, want %s", module, version, downloaded.Sum, checksum)
	}
	return downloaded.Dir, nil
}
