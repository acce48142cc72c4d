package compare

import (
	"os"
	"path/filepath"
	"testing"

	"eksnet/rehearsal/engine"
	"eksnet/stack"
)

var (
	root    string
	program = engine.Inline(stack.Program)
)

func TestMain(m *testing.M) {
	engine.Confine()
	var err error
	if root, err = filepath.Abs("../.."); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
