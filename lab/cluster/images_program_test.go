package cluster

import (
	"path/filepath"
	"slices"
	"testing"

	"eksnet/config"
	"eksnet/lab/build"
)

func TestTheProgramsOfImagesAreWhereTheSamplesRunThem(t *testing.T) {
	l := &Lab{Options: Options{Tools: &build.Tools{Bin: "/programs"}}}
	program, err := l.program(config.EchoImage)
	if err != nil {
		t.Fatal(err)
	}
	// The probes of the sample for network policies run it.
	if got, want := program.Links["/agnhost"], filepath.Join("/programs", build.Agnhost); got != want {
		t.Errorf("/agnhost is %q, want %q", got, want)
	}
}

func TestPodsHaveTheFilesOfTheCommandsThatTheMachineLacks(t *testing.T) {
	l := &Lab{Options: Options{Tools: &build.Tools{Bin: "/programs", Machine: "/packages/bin"}}}
	program, err := l.program("docker.io/nicolaka/netshoot:v0.15")
	if err != nil || !slices.Contains(program.Programs, "/packages") {
		t.Errorf("%q, %v: /packages/bin refers to files beside it", program.Programs, err)
	}
}
