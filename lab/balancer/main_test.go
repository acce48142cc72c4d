package balancer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"eksnet/lab/process"
)

// insideVariable is set in the environment of tests that run in namespaces of their own.
const insideVariable = "EKSNET_BALANCER_TEST_INSIDE"

// TestMain runs the tests again in new namespaces, as the lab runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "nothing" {
		return
	}
	if os.Getenv(insideVariable) != "" {
		if err := errors.Join(process.SetUpMounts(), process.SetUpLoopback()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	if process.CheckNamespaces("nothing") != nil {
		os.Exit(m.Run())
	}
	os.Setenv(insideVariable, "yes")
	if err := process.Enter(context.Background(), os.Args[1:]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// skipWithoutNamespaces skips a test on a machine that does not allow namespaces or has no nft.
func skipWithoutNamespaces(t *testing.T) {
	t.Helper()
	if os.Getenv(insideVariable) == "" {
		t.Skip(process.CheckNamespaces("nothing"))
	}
	for _, name := range []string{"nft", "/usr/sbin/nft", "/sbin/nft"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	t.Skip("there is no program nft")
}
