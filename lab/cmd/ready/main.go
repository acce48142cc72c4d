// Command ready decides whether a CI run has enough time for the lab, and prints the decision with its reason in one
// line.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"eksnet/internal/project"
	"eksnet/lab/build"
	"eksnet/lab/process"
)

// Exit statuses.
const (
	statusRun     = 0
	statusSkipped = 1
	statusUsage   = 2
)

const (
	// compileTime is the time that the lab needs if its programs must be compiled, on two cores that also do other
	// work.
	compileTime = 25 * time.Minute
	// checkTime is the time that it needs with compiled programs.
	checkTime = 5 * time.Minute
)

// inside is the argument with which the command does nothing, for a test of namespaces.
const inside = "inside"

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) == 1 && args[0] == inside {
		return statusRun
	}
	flags := flag.NewFlagSet("ready", flag.ContinueOnError)
	left := flags.Duration("left", 0, "the remaining time, such as 40m")
	if flags.Parse(args) != nil {
		return statusUsage
	}
	root, err := project.Root()
	if err != nil {
		fmt.Fprintln(os.Stderr, "ready:", err)
		return statusUsage
	}
	ctx := context.Background()
	module, cache := filepath.Join(root, "lab"), filepath.Join(root, ".lab")
	built, err := build.IsBuilt(ctx, module, cache)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ready:", err)
		return statusUsage
	}
	ok, reason := decide(*left, built, func() error {
		if err := process.CheckNamespaces(inside); err != nil {
			return err
		}
		return build.CheckMoto(ctx, module, cache)
	})
	if !ok {
		fmt.Println("lab: SKIPPED:", reason)
		return statusSkipped
	}
	fmt.Println("lab: RUN:", reason)
	return statusRun
}

// decide reports whether the lab can run in the remaining time, and why. lacks returns what the machine lacks; it is
// called only if the time suffices.
func decide(left time.Duration, built bool, lacks func() error) (bool, string) {
	need, what := compileTime, "its programs must be compiled"
	if built {
		need, what = checkTime, "its programs are compiled"
	}
	left = max(left, 0).Round(time.Second)
	if left < need {
		return false, fmt.Sprintf("%s, which needs %s, and %s are left", what, need, left)
	}
	if err := lacks(); err != nil {
		return false, strings.Join(strings.Fields(err.Error()), " ")
	}
	return true, fmt.Sprintf("%s, and %s are left", what, left)
}
