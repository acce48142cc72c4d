package build

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestACompleteFolderIsNotCreatedAgain(t *testing.T) {
	cache, made := t.TempDir(), 0
	for range 2 {
		k := newCacheFolder(cache, "programs", "go.mod 1")
		if k.complete() {
			continue
		}
		if err := k.create(func(dir string) error { made++; return os.WriteFile(filepath.Join(dir, "etcd"), nil, 0o755) }); err != nil {
			t.Fatal(err)
		}
	}
	if made != 1 {
		t.Errorf("created %d times", made)
	}
}

func TestAnInterruptedCreateStartsOver(t *testing.T) {
	k := newCacheFolder(t.TempDir(), "programs", "go.mod 1")
	broken := errors.New("interrupted")
	err := k.create(func(dir string) error { _ = os.WriteFile(filepath.Join(dir, "half"), nil, 0o644); return broken })
	if !errors.Is(err, broken) || k.complete() {
		t.Fatalf("after %v it is complete", err)
	}
	if err := k.create(func(dir string) error {
		if _, err := os.Stat(filepath.Join(dir, "half")); err == nil {
			t.Error("a file of the interrupted create still exists")
		}
		return nil
	}); err != nil || !k.complete() {
		t.Error(err)
	}
}

func TestOtherContentReplacesOnlyFoldersOfTheSameKind(t *testing.T) {
	cache := t.TempDir()
	nothing := func(string) error { return nil }
	old, other, moto := newCacheFolder(cache, "programs", "go.mod 1"), newCacheFolder(cache, "programs", "go.mod 2"), newCacheFolder(cache, "moto", "requirements")
	for _, k := range []cacheFolder{old, moto, other} {
		if k.complete() {
			t.Fatalf("%s is complete before it is created", k.dir)
		}
		if err := k.create(nothing); err != nil {
			t.Fatal(err)
		}
	}
	if old.complete() || !other.complete() || !moto.complete() {
		t.Errorf("old %v, other %v, moto %v", old.complete(), other.complete(), moto.complete())
	}
}

func TestTheErrorOfAFailedBuildHasTheCompilersOutput(t *testing.T) {
	command := exec.Command("sh", "-c", "echo k8s.io/api/core/v1 >&2; echo 'x.go:1:2: no such thing' >&2; exit 1")
	err := runWithProgress(command, newProgress(&bytes.Buffer{}))
	if err == nil || !strings.Contains(err.Error(), "x.go:1:2: no such thing") || strings.Contains(err.Error(), "k8s.io/api/core") {
		t.Error(err)
	}
}

func TestProgressInAPipeIsALineEveryHalfMinute(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.begin("building")
	for range 50 {
		p.step("1 packages, strings")
	}
	p.last = time.Now().Add(-31 * time.Second)
	p.step("2 packages, k8s.io/api/core/v1")
	p.end()
	if lines := strings.Split(strings.TrimSpace(out.String()), "\n"); len(lines) != 3 || !strings.HasSuffix(lines[1], "2 packages, k8s.io/api/core/v1") {
		t.Errorf("progress %q", lines)
	}
}

// withPython sets PATH to a folder with only a python3 that is a script.
func withPython(t *testing.T, script string) {
	t.Helper()
	dir := t.TempDir()
	if script != "" {
		if err := os.WriteFile(filepath.Join(dir, "python3"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestTheErrorForAMissingOrOldPythonNamesWhatToInstall(t *testing.T) {
	for script, word := range map[string]string{"": "executable file not found", "echo 3.9.2 '(default)'; exit 1": "is 3.9.2", "echo 3.12.1; [ $1 = -c ] || { echo no ensurepip; exit 1; }": "no ensurepip"} {
		withPython(t, script)
		tools := &Tools{}
		err := tools.installMoto(t.Context(), "..", t.TempDir(), newProgress(&bytes.Buffer{}))
		if err == nil || !strings.Contains(err.Error(), "Python 3.11 or newer") || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", script, err)
		}
	}
}

func TestEveryToolInGoModIsBuilt(t *testing.T) {
	mod, err := readModuleFile("..", "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)tool \((.*?)\)`).FindStringSubmatch(mod)
	var built []string
	for _, name := range mainPackages {
		built = append(built, name)
	}
	slices.Sort(built)
	if named := strings.Fields(block[1]); !slices.Equal(named, built) {
		t.Errorf("go.mod has the tools\n%s\nbut built are\n%s", named, built)
	}
}

func TestKubernetesModulesAreOfOneRelease(t *testing.T) {
	mod, err := readModuleFile("..", "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`k8s.io/kubernetes v1(\.\S+)`).FindStringSubmatch(mod)
	replaced := regexp.MustCompile(`=> k8s.io/\S+ (\S+)`).FindAllStringSubmatch(mod, -1)
	if len(replaced) < 20 {
		t.Fatalf("%d modules are replaced", len(replaced))
	}
	for _, r := range replaced {
		if r[1] != "v0"+version[1] {
			t.Errorf("%s, want v0%s", r[0], version[1])
		}
	}
}

func TestEveryPythonPackageIsPinnedByVersionAndHash(t *testing.T) {
	requirements, err := readModuleFile("..", "requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for line := range strings.Lines(strings.ReplaceAll(requirements, "\\\n", "")) {
		if packages++; !regexp.MustCompile(`^[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}`).MatchString(line) {
			t.Errorf("%.60s", line)
		}
	}
	if packages < 10 {
		t.Errorf("%d packages", packages)
	}
}

func TestIsBuiltReportsACompleteFolder(t *testing.T) {
	cache := t.TempDir()
	programs, err := programsFolder(t.Context(), "..", cache)
	if err != nil {
		t.Fatal(err)
	}
	for _, complete := range []bool{false, true} {
		if built, err := IsBuilt(t.Context(), "..", cache); built != complete || err != nil {
			t.Errorf("built %v, %v, want %v", built, err, complete)
		}
		if err := programs.create(func(string) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPyPIIsRequestedOnlyIfMotoIsMissing(t *testing.T) {
	withPython(t, "[ $1 = -c ] && echo 3.12.1; [ $1 = -c ] || { echo no route; exit 1; }")
	cache := t.TempDir()
	if err := CheckMoto(t.Context(), "..", cache); err == nil || !strings.Contains(err.Error(), "no route") {
		t.Errorf("without moto: %v", err)
	}
	version, err := pythonVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	requirements, err := readModuleFile("..", "requirements.txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := newCacheFolder(cache, "moto", requirements, version).create(func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := CheckMoto(t.Context(), "..", cache); err != nil {
		t.Errorf("with moto: %v", err)
	}
}
