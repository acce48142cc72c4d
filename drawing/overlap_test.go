package drawing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyStack generates a stack in 2 to 4 zones with names of up to 40 characters.
func anyStack(t *rapid.T) keys {
	one := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	named := func(label string, i int) string {
		size := rapid.IntRange(4, 40).Draw(t, label)
		return (fmt.Sprintf("%s%d", one(label, "w", "m", "i"), i) + strings.Repeat(one(label, "m", "w-x", "ab-cd"), 40))[:size-1] + "z"
	}
	region := one("region", "eu-west-1", "ap-northeast-2", "us-gov-west-1", "cn-northwest-1")
	var zones []string
	for _, letter := range "abcd"[:rapid.IntRange(2, 4).Draw(t, "zones")] {
		zones = append(zones, region+string(letter))
	}
	network := object{"cidr": one("cidr", "10.0.0.0/16", "172.31.128.0/20"), "zones": zones, "nat": one("nat", "zone", "single", "none"), "endpoints": one("endpoints", "auto", "")}
	if network["endpoints"] == "" {
		network["endpoints"] = []string{"sts"}
	}
	if rapid.Bool().Draw(t, "pods") {
		network["podCidr"] = "100.127.192.0/18"
	}
	if rapid.Bool().Draw(t, "flow logs") {
		network["flowLogs"] = object{}
	}
	network["ipFamily"] = one("IP family", "ipv4", "ipv6")
	network["controlPlaneSubnets"] = rapid.Bool().Draw(t, "control plane's subnets")

	var sources []string
	for i := range rapid.IntRange(1, 40).Draw(t, "sources") {
		sources = append(sources, fmt.Sprintf("203.0.113.%d/32", i+100))
	}
	endpoint := rapid.SampledFrom([]object{
		{"private": true}, {"proxy": "http://" + strings.Repeat("long.", 20) + "example.com:8888"}, {"public": true, "publicCidrs": sources},
		{"private": false, "public": true, "publicCidrs": sources},
	}).Draw(t, "endpoint")

	groups, workloads := object{}, object{}
	for i := range rapid.IntRange(1, 10).Draw(t, "groups") {
		groups[named("group", i)] = object{
			"instanceTypes": []string{"m7i.large", "m6i.32xlarge", "m7i-flex.large", "c7i.metal-48xl"}[:rapid.IntRange(1, 4).Draw(t, "types")],
			"subnets":       one("subnets", "private", "public"), "capacity": one("capacity", "spot", "onDemand"),
			"scaling": object{"min": 0, "desired": 100, "max": 100},
		}
	}
	for i := range rapid.IntRange(0, 20).Draw(t, "workloads") {
		w := object{"kind": one("kind", "clb", "nlb", "alb"), "scheme": one("scheme", "internal", "internet-facing"), "replicas": 100}
		if w["kind"] == "alb" {
			w["hosts"] = []any{fmt.Sprintf("host%d.%sexample.com", i, strings.Repeat("department.", rapid.IntRange(0, 9).Draw(t, "host")))}
			w["paths"] = []any{"/" + strings.Repeat("mw", rapid.IntRange(0, 60).Draw(t, "path"))}
			if rapid.Bool().Draw(t, "shared") {
				w["group"], w["scheme"] = strings.Repeat("m", 63), "internet-facing"
			}
		}
		workloads[named("workload", i)] = w
	}
	return keys{
		"aws:region": region, "aws:allowedAccountIds": []string{"111122223333"}, "eksnet:network": network,
		"eksnet:cluster":    object{"name": named("cluster", 0), "endpoint": endpoint},
		"eksnet:nodeGroups": groups, "eksnet:workloads": workloads,
	}
}

func TestTextsDoNotOverlapAndAreInsideTheirFrames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := loadStack(t, anyStack(t))
		checkOverlaps(t, layOut(newScene("some-stack-of-a-team", s, p)))
		checkWellFormed(t, SVG("some-stack-of-a-team", s, p))
	})
}

// checkOverlaps checks that texts, numbers and frames do not overlap.
func checkOverlaps(t *rapid.T, p *picture) {
	paper := box{0, 0, p.width, p.height}
	for i, l := range p.labels {
		if !l.in.contains(l.box) {
			t.Errorf("%q at %v leaves its frame %s at %v", l.text, l.box, l.in.kind, l.in.box)
		}
		for _, other := range p.labels[:i] {
			if l.overlaps(other.box) {
				t.Errorf("%q at %v and %q at %v overlap", l.text, l.box, other.text, other.box)
			}
		}
		for _, m := range p.marks {
			if l.overlaps(m.box()) {
				t.Errorf("number %d at %v covers %q at %v", m.number, m.at, l.text, l.box)
			}
		}
		for _, f := range p.frames {
			if f.overlaps(l.box) && !isBackground(f, l.in) {
				t.Errorf("frame %s at %v cuts %q at %v", f.kind, f.box, l.text, l.box)
			}
		}
	}
	for i, f := range p.frames {
		if f.parent != nil && !f.parent.contains(f.box) || !paper.contains(f.box) {
			t.Errorf("frame %s at %v leaves %v", f.kind, f.box, f.parent)
		}
		for _, other := range p.frames[:i] {
			if f.overlaps(other.box) && !isBackground(f, other) && !isBackground(other, f) {
				t.Errorf("frames %s at %v and %s at %v overlap", f.kind, f.box, other.kind, other.box)
			}
		}
	}
	checkLines(t, p)
}

// isBackground reports whether a frame is behind another: one that contains it, or a subnet that it lies across.
func isBackground(ground, f *frame) bool {
	for at := f; at != nil; at = at.parent {
		if at == ground {
			return true
		}
	}
	return f.over && (ground.kind == zoneKind || ground.kind == publicKind || ground.kind == privateKind)
}

// checkLines checks that lines cross no texts and no boxes of resources, and that both ends are at the edge of a box.
func checkLines(t *rapid.T, p *picture) {
	solid := map[kind]bool{actorKind: true, gatewayKind: true, balancerKind: true, nodesKind: true, endpointKind: true}
	for _, l := range p.lines {
		for i := range l.points[1:] {
			a, b := l.points[i], l.points[i+1]
			along := box{min(a.x, b.x), min(a.y, b.y), max(a.x, b.x) - min(a.x, b.x), max(a.y, b.y) - min(a.y, b.y)}
			if along.w > 0 && along.h > 0 {
				t.Errorf("a line of %s is diagonal from %v to %v", l.flow, a, b)
			}
			thick := box{along.x - 1, along.y - 1, along.w + 2, along.h + 2}
			for _, label := range p.labels {
				if thick.overlaps(label.box) {
					t.Errorf("a line of %s from %v to %v crosses %q at %v", l.flow, a, b, label.text, label.box)
				}
			}
			for _, f := range p.frames {
				if inside := (box{f.x + 2, f.y + 2, f.w - 4, f.h - 4}); solid[f.kind] && inside.overlaps(thick) {
					t.Errorf("a line of %s from %v to %v crosses a box of %s at %v", l.flow, a, b, f.kind, f.box)
				}
			}
		}
		for _, end := range []point{l.points[0], l.points[len(l.points)-1]} {
			if !slices.ContainsFunc(p.frames, func(f *frame) bool { return onEdge(f.box, end) }) {
				t.Errorf("a line of %s ends at no box at %v", l.flow, end)
			}
		}
	}
}

func onEdge(b box, at point) bool {
	within := b.x <= at.x && at.x <= b.right() && b.y <= at.y && at.y <= b.bottom()
	return within && (at.x == b.x || at.x == b.right() || at.y == b.y || at.y == b.bottom())
}
