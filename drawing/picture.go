package drawing

import "strings"

// picture is what is laid out: frames, lines on them, and texts.
type picture struct {
	width, height      int
	title, description string

	frames []*frame
	lines  []line
	marks  []mark
	labels []label
}

// frame is a rectangle that stands for something. Its parent holds it; nil is the picture.
type frame struct {
	box
	kind   kind
	parent *frame
	// over tells that it lies over the zones and subnets from which it has something.
	over bool
}

// kind is what a frame stands for, which decides its colours.
type kind string

const (
	outside      kind = "outside"
	actor        kind = "actor"
	region       kind = "region"
	vpc          kind = "vpc"
	zoneKind     kind = "zone"
	public       kind = "public"
	private      kind = "private"
	pods         kind = "pods"
	controlPlane kind = "control"
	door         kind = "door"
	balancerKind kind = "balancer"
	nodes        kind = "nodes"
	endpoint     kind = "endpoint"
	legend       kind = "legend"
	paper        kind = "paper"
)

// point is a corner of a line.
type point struct{ x, y int }

// line goes along the axes from corner to corner and ends in an arrow.
type line struct {
	flow   flow
	points []point
}

// flow is what goes along a line.
type flow string

const (
	requests flow = "requests"
	leaving  flow = "leaving"
	api      flow = "api"
	byOther  flow = "other" // a way that the stack does not make
	storage  flow = "storage"
)

// mark is the number of a line in the legend.
type mark struct {
	flow   flow
	at     point
	number int
}

const markRadius = 9

func (m mark) box() box {
	return box{m.at.x - markRadius, m.at.y - markRadius, 2 * markRadius, 2 * markRadius}
}

// label is one line of text. Its box is the room that it takes at most.
type label struct {
	box
	in    *frame
	style style
	text  string
	// full is the whole text where the picture shows a part.
	full string
}

// style is how a text looks.
type style struct {
	name string
	size int
	bold bool
}

var (
	headline = style{"headline", 22, true}
	heading  = style{"heading", 14, true}
	name     = style{"name", 12, true}
	plain    = style{"plain", 12, false}
	small    = style{"small", 11, false}
)

// leading is the distance of lines beyond their size.
const leading = 5

// add puts a frame into another; its height may follow later.
func (p *picture) add(parent *frame, k kind, b box) *frame {
	f := &frame{box: b, kind: k, parent: parent}
	p.frames = append(p.frames, f)
	return f
}

// write puts a text into a frame, within a width, in so many lines at most, and returns where the next text may begin.
func (p *picture) write(in *frame, x, y, width, most int, s style, text string) int {
	if text == "" {
		return y
	}
	lines, full := s.wrap(text, width, most), ""
	if strings.HasSuffix(lines[len(lines)-1], ellipsis) {
		full = text
	}
	for _, words := range lines {
		p.labels = append(p.labels, label{box: box{x, y, s.width(words), s.size + leading}, in: in, style: s, text: words, full: full})
		y += s.size + leading
	}
	return y
}

// draw adds a line.
func (p *picture) draw(f flow, points ...point) {
	p.lines = append(p.lines, line{f, points})
}
