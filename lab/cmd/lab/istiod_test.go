//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIstiodIsBuiltForStacksWithAMeshAndForChangesThatAddOne(t *testing.T) {
	root := t.TempDir()
	for stack, addons := range map[string]string{"local": "{}", "other": "{}", "mesh": "{istio: {}}"} {
		text := "config:\n  eksnet:addons: " + addons + "\n"
		if err := os.WriteFile(filepath.Join(root, "Pulumi."+stack+".yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		invocation
		want bool
	}{
		{invocation{stack: "mesh", up: true}, true}, {invocation{stack: "local", up: true}, false},
		{invocation{stack: "mesh", compared: "life"}, true}, {invocation{stack: "local", compared: "life"}, false},
		{invocation{stack: "local", compared: comparedChanges}, true}, {invocation{stack: "other", compared: comparedChanges}, false}, {invocation{stack: "mesh", aws: true}, false},
	} {
		c.root = root
		if got, err := c.hasIstio(); got != c.want || err != nil {
			t.Errorf("%+v: %t, %v", c.invocation, got, err)
		}
	}
}
