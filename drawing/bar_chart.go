package drawing

import (
	"bytes"
	"fmt"
)

// BarChart is a chart of horizontal bars in groups, all on one scale.
type BarChart struct {
	Title, Subtitle string
	Groups          []BarGroup
}

// BarGroup is bars below one heading.
type BarGroup struct {
	Name string
	Bars []Bar
}

// Bar is one value.
type Bar struct {
	// Label is left of the bar, and Text right of it.
	Label, Text string
	Value       float64
	// Limit is drawn as a mark across the bar; 0 is none.
	Limit float64
}

// Measures of a bar chart, in pixels.
const (
	chartWidth    = 900
	chartLabels   = 170 // the column of labels
	chartTexts    = 200 // the column of texts, right of the longest bar
	barHeight     = 16
	barDistance   = 24
	groupDistance = 34
)

const barStyle = `
.axis { stroke: #9aa7b4; stroke-width: 1 }
.bar { fill: #2f6fae }
.limit { stroke: #c8661a; stroke-width: 2 }
`

// SVG returns the chart. The result is the same for the same values.
func (c BarChart) SVG() []byte {
	var body bytes.Buffer
	left, y := margin+chartLabels, margin
	writeAt := func(s style, x, y int, text string) {
		label{box: box{x: x, y: y}, style: s, text: text}.svg(&body)
	}
	writeAt(headlineStyle, margin, y, c.Title)
	y += 32
	writeAt(plainStyle, margin, y, c.Subtitle)
	y += 30
	for _, group := range c.Groups {
		writeAt(headingStyle, margin, y, group.Name)
		y += barDistance
		fmt.Fprintf(&body, `<line class="axis" x1="%d" y1="%d" x2="%[1]d" y2="%[3]d"/>`+"\n", left, y-4, y+len(group.Bars)*barDistance-4)
		for _, bar := range group.Bars {
			c.writeBar(&body, bar, left, y)
			writeAt(plainStyle, margin, y+1, plainStyle.wrap(bar.Label, chartLabels-8, 1)[0])
			writeAt(smallStyle, left+c.pixels(max(bar.Value, bar.Limit))+8, y+2, smallStyle.wrap(bar.Text, chartTexts-8, 1)[0])
			y += barDistance
		}
		y += groupDistance - barDistance
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-labelledby="title desc">`+"\n", chartWidth, y+margin)
	fmt.Fprintf(&out, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n<style>%s</style>\n", escapeXML(c.Title), escapeXML(c.Subtitle), styleSheet+barStyle)
	fmt.Fprintf(&out, `<rect class="paper" width="%d" height="%d"/>`+"\n", chartWidth, y+margin)
	out.Write(body.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

// writeBar writes a bar with its mark.
func (c BarChart) writeBar(out *bytes.Buffer, bar Bar, left, y int) {
	fmt.Fprintf(out, `<rect class="bar" x="%d" y="%d" width="%d" height="%d"/>`+"\n", left, y, max(c.pixels(bar.Value), 1), barHeight)
	if bar.Limit > 0 {
		x := left + c.pixels(bar.Limit)
		fmt.Fprintf(out, `<line class="limit" x1="%d" y1="%d" x2="%[1]d" y2="%[3]d"/>`+"\n", x, y-2, y+barHeight+2)
	}
}

// pixels returns the length of a value: the longest bar or limit takes the whole width.
func (c BarChart) pixels(value float64) int {
	most := 0.0
	for _, group := range c.Groups {
		for _, bar := range group.Bars {
			most = max(most, bar.Value, bar.Limit)
		}
	}
	if most == 0 {
		return 0
	}
	return int(value / most * float64(chartWidth-2*margin-chartLabels-chartTexts))
}
