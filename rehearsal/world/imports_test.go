package world_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layers are the packages of the simulated account, each after those that it may import. rules and store know no
// service, a service knows no controller, and no controller knows another one.
var layers = strings.Fields("rules store iam kms logs ec2 eks kube/custom kube node podclient addon elb route53 helm lbc/builders lbc ccm externaldns cnimetrics istio cleanup world worldtest")

// The limits of a package that one can still read.
const (
	mostFiles = 25
	mostLines = 5000
)

// goPackage is a package as go list describes it.
type goPackage struct {
	ImportPath, Dir  string
	GoFiles, Imports []string
}

const simulatedAccount = "eksnet/rehearsal/world"

func packagesOfTheRehearsal(t *testing.T) []goPackage {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	command.Dir = ".."
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// layerOf returns the name of a package of the simulated account, "" for another package.
func layerOf(path string) string {
	if path == simulatedAccount {
		return "world"
	}
	if name, inside := strings.CutPrefix(path, simulatedAccount+"/"); inside {
		return name
	}
	return ""
}

func TestPackagesOfTheSimulatedAccountImportOnlyLowerOnes(t *testing.T) {
	for _, p := range packagesOfTheRehearsal(t) {
		name := layerOf(p.ImportPath)
		if name == "" {
			continue
		}
		if !slices.Contains(layers, name) {
			t.Errorf("package %s has no place among the layers", name)
		}
		for _, path := range p.Imports {
			imported := layerOf(path)
			if imported == "" {
				if strings.HasPrefix(path, "eksnet/rehearsal/") && name != "world" && name != "worldtest" {
					t.Errorf("%s imports %s: a service knows nothing of the rehearsal", name, path)
				}
				continue
			}
			if slices.Index(layers, imported) >= slices.Index(layers, name) {
				t.Errorf("%s imports %s, which is above it", name, imported)
			}
			if name == "ccm" && imported == "lbc" {
				t.Error("the controllers import each other")
			}
		}
	}
}

func TestOnlyTheFacadeIsImportedFromOutside(t *testing.T) {
	for _, p := range packagesOfTheRehearsal(t) {
		if layerOf(p.ImportPath) != "" {
			continue
		}
		for _, path := range p.Imports {
			if name := layerOf(path); name != "" && name != "world" && name != "rules" {
				t.Errorf("%s imports package %s of the simulated account: import the facade", p.ImportPath, name)
			}
		}
	}
}

func TestAPackageOfTheRehearsalIsSmallEnoughToRead(t *testing.T) {
	for _, p := range packagesOfTheRehearsal(t) {
		lines := 0
		for _, file := range p.GoFiles {
			raw, err := os.ReadFile(filepath.Join(p.Dir, file))
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(raw, []byte("\n"))
		}
		if len(p.GoFiles) > mostFiles || lines > mostLines {
			t.Errorf("%s has %d files and %d lines: at most %d files and %d lines", p.ImportPath, len(p.GoFiles), lines, mostFiles, mostLines)
		}
	}
}
