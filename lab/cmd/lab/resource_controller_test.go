//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheResourceControllerIsBuiltForStacksWithSecurityGroupsForPods(t *testing.T) {
	root := t.TempDir()
	for stack, addons := range map[string]string{"local": "{vpcCni: {}}", "groups": "{vpcCni: {podSecurityGroups: {mode: strict}}}"} {
		text := "config:\n  eksnet:addons: " + addons + "\n"
		if err := os.WriteFile(filepath.Join(root, "Pulumi."+stack+".yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		invocation
		want bool
	}{
		{invocation{stack: "groups", up: true}, true}, {invocation{stack: "local", up: true}, false},
		{invocation{stack: "groups", compared: "life"}, true}, {invocation{stack: "groups", aws: true}, false},
	} {
		c.root = root
		if got, err := c.hasPodSecurityGroups(); got != c.want || err != nil {
			t.Errorf("%+v: %t, %v", c.invocation, got, err)
		}
	}
}
