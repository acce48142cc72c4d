package drawing_test

import (
	"strings"
	"testing"

	"eksnet/drawing"
)

func TestTheLongestBarOrMarkTakesTheWholeWidth(t *testing.T) {
	chart := drawing.BarChart{Title: "a < b", Groups: []drawing.BarGroup{
		{Name: "near", Bars: []drawing.Bar{{Label: "one", Value: 50}, {Label: "none"}}},
		{Name: "far", Bars: []drawing.Bar{{Label: "two", Value: 25, Limit: 100, Text: "25 of 100"}}},
	}}
	svg := string(chart.SVG())
	for _, want := range []string{`<rect class="bar" x="194" y="110" width="241"`, `width="1" height="16"`, `width="120"`, `<line class="limit" x1="676" y1="190" x2="676" y2="210"/>`, `y1="106" x2="194" y2="154"/>`, ">one</text>", "a &lt; b</title>", ">25 of 100</text>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in\n%s", want, svg)
		}
	}
	if got := string(chart.SVG()); got != svg {
		t.Error("a second drawing differs")
	}
}
