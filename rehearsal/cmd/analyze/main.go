// Command analyze is a vet tool: it runs the analyzers of go vet and of staticcheck in one pass.
//
//	go vet -vettool=bin/analyze ./...
//
// Both need types of what a package imports, which go vet takes from the compiler's cache, and both would analyze all that it imports too,
// some 1,500 packages. Only packages of this project are analyzed here.
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
		skipped, err := skip(unit)
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

// skip writes an empty file of facts for a package that go vet wants facts of alone and that is not the project's. It reports whether
// the package is one.
func skip(file string) (bool, error) {
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
