// Command analyze is a vet tool: it runs the analyzers of go vet and of staticcheck in one pass.
//
//	go vet -vettool=bin/analyze ./...
//
// Both need the types of imported packages, which go vet reads from the compiler's cache, and both would analyze all
// imported packages too, some 1,500. Here only packages of this project are analyzed.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"
)

// module is the path of the project's modules, which are named eksnet or below it.
const module = "eksnet"

func main() {
	if unit := os.Args[len(os.Args)-1]; strings.HasSuffix(unit, ".cfg") {
		skipped, err := skipForeign(unit)
		if err != nil {
			fmt.Fprintln(os.Stderr, "analyze:", err)
			os.Exit(1)
		}
		if skipped {
			return
		}
	}
	unitchecker.Main(analyzers()...)
}

// skipForeign writes an empty file of facts for a package outside the project that go vet analyzes for its facts only.
// It reports whether the package is one.
func skipForeign(file string) (bool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	var unit unitchecker.Config
	if err := json.Unmarshal(text, &unit); err != nil {
		return false, fmt.Errorf("%s: %w", file, err)
	}
	if !unit.VetxOnly || unit.ImportPath == module || strings.HasPrefix(unit.ImportPath, module+"/") {
		return false, nil
	}
	return true, os.WriteFile(unit.VetxOutput, nil, 0o666)
}
