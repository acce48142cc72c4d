package build

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheResourceControllerHasThePortsOfTheLab(t *testing.T) {
	source, into := t.TempDir(), t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(source, "main.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const main = "webhook.NewServer(webhook.Options{Port: 9443})\n\tHealthProbeBindAddress:     \":61779\", // the liveness endpoint\n"
	write(main)
	file, err := writeOverlay(source, "/lab/resourcecontroller", into)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := os.ReadFile(file)
	if want := fmt.Sprintf("%q:%q", "/lab/resourcecontroller/main.go", filepath.Join(into, "main.go")); err != nil || !strings.Contains(string(overlay), want) {
		t.Errorf("%s (%v), want %s", overlay, err, want)
	}
	changed, err := os.ReadFile(filepath.Join(into, "main.go"))
	if want := "webhook.NewServer(webhook.Options{Port: 19443})\n\tHealthProbeBindAddress:     \"127.0.0.1:19779\", // the liveness endpoint\n"; err != nil || string(changed) != want {
		t.Errorf("%s (%v), want %s", changed, err, want)
	}
	write(strings.ReplaceAll(main, "9443", "8443"))
	if _, err := writeOverlay(source, "", into); err == nil || !strings.Contains(err.Error(), "webhook.Options{Port: 9443}") {
		t.Errorf("a main function with other ports: %v", err)
	}
}

func TestTheModuleOfTheResourceControllerHasThePortsAndFilesThatTheLabUses(t *testing.T) {
	dir := filepath.Join("..", "resourcecontroller")
	source, err := moduleSource(t.Context(), dir, resourceControllerModule)
	if err != nil {
		t.Skip(err) // the module is not in the cache, and there is no network
	}
	if _, err := writeOverlay(source, dir, t.TempDir()); err != nil {
		t.Error(err)
	}
	for _, file := range resourceManifests {
		if _, err := os.Stat(filepath.Join(source, file)); err != nil {
			t.Error(err)
		}
	}
}
