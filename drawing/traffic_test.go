package drawing

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// twoZones are 90 requests to two zones, of which one has two nodes and no pod.
func twoZones() Traffic {
	t := Traffic{Title: "Requests to <shop>", Subtitle: "90 requests", Client: TrafficBox{ID: "client", Name: "Client"},
		Zones: []TrafficZone{
			{Name: "a", Addresses: []TrafficBox{{ID: "lb a", Name: "203.0.113.1"}}, Nodes: []TrafficBox{{ID: "n1", Name: "node 1"}, {ID: "n2", Name: "node 2"}}},
			{Name: "b", Addresses: []TrafficBox{{ID: "lb b", Name: "203.0.113.2"}}, Nodes: []TrafficBox{{ID: "n3", Name: "node 3"}}, Pods: []TrafficBox{{ID: "p1", Name: "pod 1", Texts: []string{"10.0.0.1"}}}},
		},
		Streams: []TrafficStream{{"n1", "p1", 20}, {"n2", "p1", 25}, {"n3", "p1", 45}, {"lb a", "n1", 20}, {"lb a", "n2", 25}, {"lb b", "n3", 45}, {"client", "lb a", 45}, {"client", "lb b", 45}}}
	t.SortStreams()
	return t
}

func TestAPictureOfTrafficShowsEachStreamWithItsRequestsAndWhetherItChangesTheZone(t *testing.T) {
	p := layOutTraffic(twoZones())
	crossing := map[bool]int{}
	for _, b := range p.bands {
		crossing[b.crosses] += b.requests
	}
	// 45 of each kind arrive at the pod from zone a and from zone b; all others stay in their zone.
	if crossing[true] != 45 || crossing[false] != 90+90+45 {
		t.Errorf("requests that change the zone, and that do not: %v", crossing)
	}
	wide := slices.MaxFunc(p.bands, func(a, b band) int { return a.width - b.width })
	if wide.requests != 45 || wide.width != allRequests/2 {
		t.Errorf("the widest band has %d requests of 90 and %d pixels", wide.requests, wide.width)
	}
	if text := textsOf(p); !strings.Contains(text, "Zone a") || !strings.Contains(text, "node 2") || !strings.Contains(text, "10.0.0.1") {
		t.Errorf("the texts are %s", text)
	}
}

func TestHostsInAPictureOfTrafficDoNotOverlapAndHoldTheirBands(t *testing.T) {
	p := layOutTraffic(twoZones())
	for i, f := range p.frames {
		for _, o := range p.frames[i+1:] {
			if f.kind != paperKind && o.parent != f && f.overlaps(o.box) {
				t.Errorf("%s %v overlaps %s %v", f.kind, f.box, o.kind, o.box)
			}
		}
	}
	for _, b := range p.bands {
		for at, edge := range map[point]func(*frame) int{b.from: func(f *frame) int { return f.right() }, b.to: func(f *frame) int { return f.x }} {
			if !slices.ContainsFunc(p.frames, func(f *frame) bool {
				return f.kind != zoneKind && edge(f) == at.x && f.y <= at.y-b.width/2 && at.y+b.width/2 <= f.bottom()
			}) {
				t.Errorf("a band of %d pixels at %v is not within the edge of a host", b.width, at)
			}
		}
	}
}

func TestAPictureOfTrafficIsXMLAndTheSameForTheSameTraffic(t *testing.T) {
	svg := string(TrafficSVG(twoZones()))
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if svg != string(TrafficSVG(twoZones())) {
		t.Error("the picture differs")
	}
}
