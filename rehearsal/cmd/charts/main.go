// Command charts copies the Helm charts of stacks from their Go modules into a folder, in which the simulated account
// finds them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"eksnet/internal/charts"
)

func main() {
	out := flag.String("out", "charts", "folder to write")
	flag.Parse()
	if err := charts.Copy(context.Background(), ".", *out); err != nil {
		fmt.Fprintln(os.Stderr, "charts:", err)
		os.Exit(1)
	}
}
