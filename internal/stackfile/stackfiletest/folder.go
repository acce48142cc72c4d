// Package stackfiletest has the projects that tests of commands begin with.
package stackfiletest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Folder returns a folder with the Pulumi.yaml of the project at root, and with the stack file Pulumi.dev.yaml, whose
// config has some lines.
func Folder(t *testing.T, root string, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	Write(t, dir, "Pulumi.yaml", string(project))
	Write(t, dir, "Pulumi.dev.yaml", "config:\n  "+strings.Join(lines, "\n  ")+"\n")
	return dir
}

// Write writes a file of a folder.
func Write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
