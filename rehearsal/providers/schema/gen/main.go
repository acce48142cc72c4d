// Command gen copies the plain structs of helm.v3.Release out of the source of the Kubernetes SDK: importing their
// package would compile nearly the whole SDK with it.
package main

import (
	"flag"
	"fmt"
	"os"

	"eksnet/rehearsal/providers/schema/gen/release"
)

func main() {
	out := flag.String("out", "release.go", "file to write")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	source, err := release.Generate()
	if err != nil {
		return err
	}
	return os.WriteFile(path, source, 0o644)
}
