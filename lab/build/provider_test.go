package build

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// version returns the version that a module file requires of a module.
func version(t *testing.T, file, module string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		if fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require ")); len(fields) > 1 && fields[0] == module {
			return fields[1]
		}
	}
	t.Fatalf("%s does not require %s", file, module)
	return ""
}

// A changed source of the provider must not leave the old program in use.
func TestTheProviderIsBuiltAgainIfItsSourceChanges(t *testing.T) {
	folder := func(source string) cacheFolder {
		t.Helper()
		k, err := moduleFolder(t.Context(), filepath.Join("..", "provider"), t.TempDir(), "provider", source)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	if filepath.Base(folder("a").dir) == filepath.Base(folder("b").dir) {
		t.Error("the folder does not depend on the source")
	}
}

func TestACompleteProviderIsNotCompiledAgain(t *testing.T) {
	cache, tools := t.TempDir(), &Tools{}
	source, err := readModuleFile(filepath.Join("..", "provider"), "main.go")
	if err != nil {
		t.Fatal(err)
	}
	reported := strings.TrimPrefix(version(t, filepath.Join("..", "..", "go.mod"), providerSDK), "v")
	k, err := moduleFolder(t.Context(), filepath.Join("..", "provider"), cache, "provider", reported, source)
	if err == nil {
		err = k.create(func(string) error { return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := tools.compileProvider(t.Context(), absolute(t, ".."), cache, newProgress(&out)); err != nil || out.Len() > 0 {
		t.Errorf("%v: %s", err, &out)
	}
	if tools.Provider != filepath.Join(k.dir, "pulumi-resource-kubernetes") {
		t.Errorf("the provider is %s", tools.Provider)
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}
