package engine_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/engine"
)

func TestTheProgramReceivesTheConfigurationThatPulumiUpPasses(t *testing.T) {
	stack, err := engine.LoadStack("testdata/project", "test")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := stack.Settings()
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"aws:region":            "us-east-1",
		"aws:allowedAccountIds": `["111122223333"]`,
		"eksnet:network":        `{"cidr":"10.0.0.0/16"}`,
		"eksnet:zones":          "2",
	} {
		if settings[key] != want {
			t.Errorf("%s is %s, want %s", key, settings[key], want)
		}
	}
}

func TestTheErrorOfAStackThatCannotBeRehearsedStatesTheCause(t *testing.T) {
	for name, want := range map[string][]string{
		"prod":     {`no stack "prod"`, "Pulumi.prod.yaml", "stacks that exist: broken, mistyped, second, secret, test"},
		"broken":   {"Pulumi.broken.yaml", "broken.yaml:3: YAML: "},
		"mistyped": {"Pulumi.mistyped.yaml", "eksnet:network", "object"},
		"second":   {"Pulumi.second.yaml", "a second YAML document", "keep one"},
		"secret":   {"Pulumi.secret.yaml", "eksnet:network", "encrypted", "passphrase"},
		"a/b":      {`stack "a/b"`, "stacks that exist"},
	} {
		_, err := engine.LoadStack("testdata/project", name)
		if err == nil {
			t.Errorf("stack %s was loaded", name)
			continue
		}
		for _, part := range want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("stack %s: %v; want %q", name, err, part)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("stack %s: the error has more than one line: %v", name, err)
		}
	}
}

func TestADirectoryWithoutAProjectIsAnError(t *testing.T) {
	if _, err := engine.LoadStack(t.TempDir(), "test"); err == nil || !strings.Contains(err.Error(), "Pulumi.yaml") {
		t.Errorf("the error is %v", err)
	}
}
