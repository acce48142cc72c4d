// Command gen writes the parts of the schema that are read from the SDKs' sources: release.go has the plain structs of
// helm.v3.Release, whose package would compile nearly the whole Kubernetes SDK, and computed.go the properties that the
// aws provider fills in.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"eksnet/rehearsal/providers/schema"
	"eksnet/rehearsal/providers/schema/gen/computed"
	"eksnet/rehearsal/providers/schema/gen/release"
)

func main() {
	modules := flag.String("modules", "../../node_modules", "folder of npm packages")
	flag.Parse()
	if err := generate(*modules); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func generate(modules string) error {
	structs, err := release.Generate()
	if err != nil {
		return err
	}
	if err := os.WriteFile("release.go", structs, 0o644); err != nil {
		return err
	}
	paths, err := computed.Generate(modules, resources())
	if err != nil {
		return err
	}
	return os.WriteFile("computed.go", paths, 0o644)
}

// resources are the simulated types of the aws package.
func resources() []string {
	var tokens []string
	for _, token := range schema.Tokens() {
		if _, err := schema.ForResource(token); err == nil && strings.HasPrefix(token, "aws:") {
			tokens = append(tokens, token)
		}
	}
	return tokens
}
