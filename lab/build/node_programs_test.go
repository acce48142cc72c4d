package build

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestTheProgramOfAModuleIsCompiledOnceForItsSources(t *testing.T) {
	cache := t.TempDir()
	dir := filepath.Join(t.TempDir(), "cni")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module eksnet/lab/cni\n\ngo 1.26\n")
	write("go.sum", "")
	build := func() (program string, compiled bool) {
		t.Helper()
		out := &bytes.Buffer{}
		program, err := compileModule(t.Context(), dir, cache, "the program", minutes, newProgress(out))
		if err != nil {
			t.Fatal(err)
		}
		if !exists(program) {
			t.Errorf("no program %s", program)
		}
		return program, out.Len() > 0
	}
	for _, step := range []struct {
		body     string
		compiled bool
	}{{"", true}, {"", false}, {" println() ", true}} {
		write("main.go", "package main\n\nfunc main() {"+step.body+"}\n")
		if program, compiled := build(); compiled != step.compiled {
			t.Errorf("%s: compiled %v, want %v", program, compiled, step.compiled)
		}
	}
}
