package drawing

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// styleSheet is the picture's style sheet. It includes the background, so that the picture is the same in light and
// dark viewers.
const styleSheet = `
text { font-family: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif; fill: #16202c; white-space: pre }
.headline { font-size: 22px; font-weight: bold }
.heading { font-size: 14px; font-weight: bold }
.name { font-size: 12px; font-weight: bold }
.plain { font-size: 12px }
.small { font-size: 11px; fill: #4a5766 }
.number { font-size: 11px; font-weight: bold; fill: #fff; text-anchor: middle }
.paper { fill: #fff }
.outside { fill: #eef1f4; stroke: #9aa7b4 }
.actor { fill: #fff; stroke: #9aa7b4 }
.region { fill: #fbfcfd; stroke: #7b8794; stroke-dasharray: 6 4 }
.vpc { fill: #fff; stroke: #6b4fa0; stroke-width: 2 }
.zone { fill: #f5f6f8; stroke: #9aa7b4; stroke-dasharray: 4 3 }
.public { fill: #e4f3df; stroke: #4f8f36 }
.private { fill: #e2eefa; stroke: #2f6fae }
.pods { fill: #e0f4f1; stroke: #1f8577 }
.control { fill: #fdf1d6; stroke: #b07d10 }
.gateway { fill: #fff; stroke: #6b4fa0; stroke-width: 1.5 }
.balancer { fill: #f3ebfc; stroke: #8250c4 }
.nodes { fill: #fff3e8; stroke: #c8661a }
.endpoint { fill: #fff; stroke: #1f8577; stroke-width: 1.5 }
.legend { fill: #f7f8fa; stroke: #d3d9df }
polyline { fill: none; stroke-width: 2; stroke-linejoin: round }
polyline.requests { stroke: #8250c4 } polygon.requests, circle.requests { fill: #8250c4 }
polyline.egress { stroke: #2f6fae } polygon.egress, circle.egress { fill: #2f6fae }
polyline.api { stroke: #b07d10 } polygon.api, circle.api { fill: #95690b }
polyline.private-api { stroke: #b07d10; stroke-dasharray: 5 4 } polygon.private-api, circle.private-api { fill: #95690b }
polyline.s3 { stroke: #1f8577 } polygon.s3, circle.s3 { fill: #1f8577 }
`

// svg returns the picture in SVG.
func (p *picture) svg() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-labelledby="title desc">`+"\n", p.width, p.height)
	style := styleSheet
	if len(p.bands) > 0 {
		style += bandStyle
	}
	fmt.Fprintf(&out, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n<style>%s</style>\n", escapeXML(p.title), escapeXML(p.description), style)
	fmt.Fprintf(&out, `<rect class="paper" width="%d" height="%d"/>`+"\n", p.width, p.height)
	for _, f := range p.frames {
		fmt.Fprintf(&out, `<rect class="%s" x="%d" y="%d" width="%d" height="%d" rx="6"/>`+"\n", f.kind, f.x, f.y, f.w, f.h)
	}
	for _, l := range p.lines {
		l.svg(&out)
	}
	for _, b := range p.bands {
		out.WriteString(b.svg())
	}
	for _, m := range p.marks {
		fmt.Fprintf(&out, `<circle class="%s" cx="%d" cy="%d" r="%d"/><text class="number" x="%[2]d" y="%[5]d">%[6]d</text>`+"\n", m.flow, m.at.x, m.at.y, markRadius, m.at.y+4, m.number)
	}
	for _, l := range p.labels {
		l.svg(&out)
	}
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// svg writes a label; a viewer shows the whole text of a shortened one as a tooltip.
func (l label) svg(out *bytes.Buffer) {
	whole := ""
	if l.full != "" {
		whole = "<title>" + escapeXML(l.full) + "</title>"
	}
	fmt.Fprintf(out, `<text class="%s" x="%d" y="%d">%s%s</text>`+"\n", l.style.name, l.x, l.y+l.style.size, escapeXML(l.text), whole)
}

// svg writes a line with its arrowhead.
func (l line) svg(out *bytes.Buffer) {
	fmt.Fprintf(out, `<polyline class="%s" points="`, l.flow)
	for i, at := range l.points {
		if i > 0 {
			out.WriteByte(' ')
		}
		fmt.Fprintf(out, "%d,%d", at.x, at.y)
	}
	out.WriteString(`"/>`)
	tip := l.points[len(l.points)-1]
	left, right := l.arrow()
	fmt.Fprintf(out, `<polygon class="%s" points="%d,%d %d,%d %d,%d"/>`+"\n", l.flow, tip.x, tip.y, left.x, left.y, right.x, right.y)
}

// arrow returns the two rear corners of the arrowhead.
func (l line) arrow() (left, right point) {
	const long, half = 9, 5
	tip, before := l.points[len(l.points)-1], l.points[len(l.points)-2]
	switch {
	case tip.x > before.x:
		return point{tip.x - long, tip.y - half}, point{tip.x - long, tip.y + half}
	case tip.x < before.x:
		return point{tip.x + long, tip.y - half}, point{tip.x + long, tip.y + half}
	case tip.y > before.y:
		return point{tip.x - half, tip.y - long}, point{tip.x + half, tip.y - long}
	default:
		return point{tip.x - half, tip.y + long}, point{tip.x + half, tip.y + long}
	}
}

func escapeXML(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a write to a buffer does not fail
	return out.String()
}
