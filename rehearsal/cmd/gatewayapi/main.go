// Command gatewayapi writes the definitions of the Gateway API that the stack creates. The module is downloaded and
// read, so that the version of the stack does not depend on that which packages of this module are compiled with.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "../addons/gatewayapi/definitions.json.gz", "file to write")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gatewayapi:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	objects, err := readModule()
	if err != nil {
		return err
	}
	content, err := compress(objects)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o644)
}
