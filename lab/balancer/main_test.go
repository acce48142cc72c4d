package balancer

import (
	"os/exec"
	"testing"

	"eksnet/lab/labtest"
)

func TestMain(m *testing.M) { labtest.Main(m) }

// skipWithoutNamespaces skips a test on a machine that does not allow namespaces or has no nft.
func skipWithoutNamespaces(t *testing.T) {
	t.Helper()
	labtest.SkipWithoutNamespaces(t)
	for _, name := range []string{"nft", "/usr/sbin/nft", "/sbin/nft"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	t.Skip("there is no program nft")
}
