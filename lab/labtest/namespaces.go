package labtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"eksnet/lab/process"
)

// insideVariable is set in the environment of tests that run in namespaces of their own.
const insideVariable = "EKSNET_LAB_TEST_INSIDE"

// nothing is the argument with which a test binary ends at once, for process.CheckNamespaces.
const nothing = "nothing"

// Main runs the tests of a package again in new namespaces, as the lab runs. On a machine that does not allow it they
// run as they are, and SkipWithoutNamespaces skips those that need namespaces.
func Main(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == nothing {
		return
	}
	if os.Getenv(insideVariable) != "" {
		if err := errors.Join(process.SetUpMounts(), process.SetUpLoopback()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	if process.CheckNamespaces(nothing) != nil {
		os.Exit(m.Run())
	}
	os.Setenv(insideVariable, "yes")
	if err := process.Enter(context.Background(), os.Args[1:]); err != nil {
		os.Exit(1)
	}
}

// SkipWithoutNamespaces skips a test on a machine that does not allow namespaces.
func SkipWithoutNamespaces(t *testing.T) {
	t.Helper()
	if os.Getenv(insideVariable) == "" {
		t.Skip(process.CheckNamespaces(nothing))
	}
}
