package fabric

import (
	"testing"

	"eksnet/lab/labtest"
)

func TestMain(m *testing.M) { labtest.Main(m) }

// skipWithoutNamespaces skips a test on a machine that does not allow namespaces or has no nft.
func skipWithoutNamespaces(t *testing.T) {
	t.Helper()
	labtest.SkipWithoutNamespaces(t)
	if _, err := findNFT(); err != nil {
		t.Skip(err)
	}
}
