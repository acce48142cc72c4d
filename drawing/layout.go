package drawing

import "fmt"

// The distances of the picture, in pixels.
const (
	margin = 24 // around the picture
	lane   = 44 // left of the VPC, where kubectl's way goes
	gutter = 48 // inside the VPC, beside the zones, where ways in and out go
	gap    = 16 // between frames beside and below each other
	pad    = 10 // between a frame and what is in it
	aisle  = 20 // inside a zone, beside its subnets, where the control plane's ways go
)

// columns are how wide a zone is, by their number: the picture stays one that a screen shows.
var columns = map[int]int{2: 420, 3: 340, 4: 340}

// layout is a picture in the making, from top to bottom.
type layout struct {
	*picture
	*scene

	// operators, users and services are those outside.
	operators, users, services *frame

	region, vpc *frame
	zones       []*frame
	// gateway is the internet gateway, nats are the NAT gateways by zone, and feet the control plane's interfaces.
	gateway *frame
	nats    map[string]*frame
	feet    []*frame
	// ways are what the legend says, by number.
	ways []string
}

// layOut puts everything in its place.
func layOut(s *scene) *picture {
	n := len(s.plan.Zones)
	column := columns[n]
	l := &layout{picture: &picture{}, scene: s, nats: map[string]*frame{}}
	inner := n*column + (n-1)*gap
	l.width = margin + lane + gutter + inner + gutter + pad + margin
	l.title = fmt.Sprintf("The network of stack %s in %s", s.stack, s.Region)
	l.description = l.describe()

	y := l.head(margin)
	y = l.internet(y) + 2*gap
	l.region = l.add(nil, region, box{margin, y, l.width - 2*margin, 0})
	l.write(l.region, margin+lane, y+pad, l.users.middle()-margin-lane-gap, 1, heading, "AWS region "+s.Region)
	y += 40
	l.vpc = l.add(l.region, vpc, box{margin + lane, y, gutter + inner + gutter, 0})
	y = l.entrance(y + pad)
	for i := range n {
		l.zones = append(l.zones, l.add(l.vpc, zoneKind, box{l.vpc.x + gutter + i*(column+gap), y, column, 0}))
		l.write(l.zones[i], l.zones[i].x+aisle, y+6, column-2*aisle, 1, name, "Availability zone "+s.plan.Zones[i].Name)
	}
	y = l.publicRow(y+30) + gap
	y = l.podsBelow(l.privateRow(y+gap)) + gap
	y = l.controlPlaneRow(y)
	for _, zone := range l.zones {
		zone.h = y - zone.y
	}
	y = l.storage(y + 2*gap)
	l.vpc.h = y - l.vpc.y
	y = l.managed(y + 3*gap)
	l.region.h = y + gap - l.region.y
	l.height = l.legend(y+2*gap) + margin
	return l.picture
}

// head is the title of the picture.
func (l *layout) head(y int) int {
	page := l.add(nil, paper, box{0, 0, l.width, 0})
	y = l.write(page, margin, y, l.width-2*margin, 1, headline, fmt.Sprintf("Cluster %s in %s", l.Cluster.Name, l.Region))
	y = l.write(page, margin, y, l.width-2*margin, 1, plain, fmt.Sprintf("The network that stack %s makes: Kubernetes %s in %d zones. Numbers are explained below.", l.stack, l.Cluster.Version, len(l.plan.Zones)))
	page.h = y
	return y + pad
}

// way numbers a line and says in the legend what goes along it.
func (l *layout) way(f flow, at point, text string) {
	l.ways = append(l.ways, text)
	l.marks = append(l.marks, mark{f, at, len(l.ways)})
}

// across is where a box begins that stands in every zone, and how wide it is.
func (l *layout) across() (x, width int) {
	x = l.zones[0].x + aisle + pad
	return x, l.zones[len(l.zones)-1].right() - aisle - pad - x
}
