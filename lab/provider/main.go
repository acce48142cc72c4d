// Command provider is Pulumi's Kubernetes provider, built from its Go module, which lacks the files that the main
// package of the provider embeds.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

// schemaFile is the provider's schema, in the folder of the program.
const schemaFile = "schema.json"

func main() {
	program, err := os.Executable()
	if err == nil {
		err = serve(filepath.Dir(program))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "provider:", err)
		os.Exit(1)
	}
}

// serve answers the engine until it is stopped. The first argument of the program is the address of the engine.
func serve(dir string) error {
	schema, err := os.ReadFile(filepath.Join(dir, schemaFile))
	if err != nil {
		return err
	}
	provider.Serve("kubernetes", version.Version, schema, []byte("{}"))
	return nil
}
