package cluster

import (
	"path/filepath"
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
