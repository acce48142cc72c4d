package drawing

import "strings"

// picture holds frames, lines and texts with their positions.
type picture struct {
	width, height      int
	title, description string

	frames []*frame
	lines  []line
	marks  []mark
	labels []label
	bands  []band
}

// frame is a rectangle that represents a resource or a group of them. Its parent contains it; nil is the picture.
type frame struct {
	box
	kind   kind
	parent *frame
	// over reports whether the frame lies across zones and subnets.
	over bool
}

// kind is the kind of a frame, and the class in the style sheet that sets its colors.
type kind string

const (
	outsideKind      kind = "outside"
	actorKind        kind = "actor"
	regionKind       kind = "region"
	vpcKind          kind = "vpc"
	zoneKind         kind = "zone"
	publicKind       kind = "public"
	privateKind      kind = "private"
	podsKind         kind = "pods"
	controlPlaneKind kind = "control"
	gatewayKind      kind = "gateway"
	balancerKind     kind = "balancer"
	nodesKind        kind = "nodes"
	endpointKind     kind = "endpoint"
	legendKind       kind = "legend"
	paperKind        kind = "paper"
)

// point is a corner of a line.
type point struct{ x, y int }

// line consists of horizontal and vertical parts between its points and ends in an arrow.
type line struct {
	flow   flow
	points []point
}

// flow is the kind of traffic on a line.
type flow string

const (
	requestFlow    flow = "requests"
	egressFlow     flow = "egress"
	apiFlow        flow = "api"
	privateAPIFlow flow = "private-api" // a path that the stack does not create
	s3Flow         flow = "s3"
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

// label is one line of text. Its box is the greatest space that it needs.
type label struct {
	box
	in    *frame
	style style
	text  string
	// full is the whole text of a label that is shortened.
	full string
}

// style is the style of a text.
type style struct {
	name string
	size int
	bold bool
}

var (
	headlineStyle = style{"headline", 22, true}
	headingStyle  = style{"heading", 14, true}
	nameStyle     = style{"name", 12, true}
	plainStyle    = style{"plain", 12, false}
	smallStyle    = style{"small", 11, false}
)

// leading is the space between lines of text.
const leading = 5

// add adds a frame to its parent; the height may be set later.
func (p *picture) add(parent *frame, k kind, b box) *frame {
	f := &frame{box: b, kind: k, parent: parent}
	p.frames = append(p.frames, f)
	return f
}

// write writes a text into a frame, wrapped to a width in at most most lines, and returns the y coordinate below it.
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
