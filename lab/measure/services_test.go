package measure

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"eksnet/lab/process"
	"eksnet/path"
)

// clientOnly is a network of which only the client's address is used.
type clientOnly struct{ Network }

func (clientOnly) Client() Endpoint {
	return Endpoint{Network: process.OwnNetwork, Address: netip.MustParseAddr("10.0.0.9")}
}

func TestANodePortIsComparedWithItsPrediction(t *testing.T) {
	m := &Measurement{Network: clientOnly{}}
	node, client, other := netip.MustParseAddr("10.0.0.1"), m.Client().Address, netip.MustParseAddr("10.0.0.7")
	near, far := pod{workload: "shop", name: "near", node: "n1"}, pod{workload: "shop", name: "far", node: "n2"}
	silent := fmt.Errorf("%w: connection refused", errNoAnswer)
	for name, c := range map[string]struct {
		policy  path.Hop
		pods    []pod
		arrived arrival
		err     error
		want    string
	}{
		"any pod, translated":                    {path.AnyPod, []pod{far}, arrival{far, node}, nil, ""},
		"any pod, not translated":                {path.AnyPod, []pod{far}, arrival{far, client}, nil, "source 10.0.0.9, predicted the node's, 10.0.0.1"},
		"any pod, no answer":                     {path.AnyPod, []pod{far}, arrival{}, silent, "no answer"},
		"a pod on the node":                      {path.LocalPod, []pod{near, far}, arrival{near, client}, nil, ""},
		"a pod on another node":                  {path.LocalPod, []pod{near, far}, arrival{far, client}, nil, "predicted: a pod on the same node"},
		"a pod on the node, translated":          {path.LocalPod, []pod{near}, arrival{near, other}, nil, "source 10.0.0.7, predicted the client's, 10.0.0.9"},
		"no pod on the node, no answer":          {path.LocalPod, []pod{far}, arrival{}, silent, ""},
		"no pod on the node, an answer":          {path.LocalPod, []pod{far}, arrival{far, client}, nil, "predicted: no answer"},
		"no pod on the node, nothing was sent":   {path.LocalPod, []pod{far}, arrival{}, errors.New("too many open files"), "too many open files"},
		"a pod on the node, nothing was sent":    {path.LocalPod, []pod{near}, arrival{}, errors.New("too many open files"), "too many open files"},
		"a pod on the node, but it is unhealthy": {path.LocalPod, []pod{near}, arrival{}, silent, "no answer"},
	} {
		got := m.nodePortDifference(path.Path{KubeProxy: c.policy}, c.pods, "n1", node, c.arrived, c.err)
		if got == "" != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
