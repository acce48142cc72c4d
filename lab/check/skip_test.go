package check

import (
	"errors"
	"testing"

	"eksnet/lab/rehearsed"
)

func TestTheZoneOutageIsSkippedOnlyWithoutNodesInAThirdZone(t *testing.T) {
	failed := errors.New("no zone to cut")
	nodes := []rehearsed.Node{{Zone: "a"}, {Zone: "b"}, {Zone: "a"}}
	var skip *skipped
	if err := skipWithTwoZones(nodes, failed); !errors.As(err, &skip) || !errors.Is(skip.reason, failed) {
		t.Errorf("with two zones: %v", err)
	}
	if err := skipWithTwoZones(append(nodes, rehearsed.Node{Zone: "c"}), failed); err != failed {
		t.Errorf("with three zones: %v", err)
	}
}
