package drawing

import "fmt"

// Distances in the picture, in pixels.
const (
	margin = 24 // around the picture
	lane   = 44 // left of the VPC, for the path of kubectl
	gutter = 48 // inside the VPC, beside the zones, for ingress and egress paths
	gap    = 16 // between neighboring frames
	pad    = 10 // between a frame and its contents
	aisle  = 20 // inside a zone, beside its subnets, for the control plane's paths
)

// zoneWidths holds the width of a zone by the number of zones, so that the picture fits on a screen.
var zoneWidths = map[int]int{2: 420, 3: 340, 4: 340}

// layout adds frames to a picture from top to bottom.
type layout struct {
	*picture
	*scene

	// operators, users and services are the frames on the internet.
	operators, users, services *frame

	region, vpc *frame
	zones       []*frame
	// gateway is the internet gateway, nats holds the NAT gateways by zone, and controlPlaneENIs the control plane's
	// interfaces.
	gateway          *frame
	nats             map[string]*frame
	controlPlaneENIs []*frame
	// notes holds the texts of the legend by number.
	notes []string
}

// layOut returns the picture of a scene.
func layOut(s *scene) *picture {
	n := len(s.plan.Zones)
	column := zoneWidths[n]
	l := &layout{picture: &picture{}, scene: s, nats: map[string]*frame{}}
	inner := n*column + (n-1)*gap
	l.width = margin + lane + gutter + inner + gutter + pad + margin
	l.title = fmt.Sprintf("The network of stack %s in %s", s.stack, s.Region)
	l.description = l.describe()

	y := l.addTitle(margin)
	y = l.addInternet(y) + 2*gap
	l.region = l.add(nil, regionKind, box{margin, y, l.width - 2*margin, 0})
	l.write(l.region, margin+lane, y+pad, l.users.centerX()-margin-lane-gap, 1, headingStyle, "AWS region "+s.Region)
	y += 40
	l.vpc = l.add(l.region, vpcKind, box{margin + lane, y, gutter + inner + gutter, 0})
	y = l.addVPCHead(y + pad)
	for i := range n {
		l.zones = append(l.zones, l.add(l.vpc, zoneKind, box{l.vpc.x + gutter + i*(column+gap), y, column, 0}))
		l.write(l.zones[i], l.zones[i].x+aisle, y+6, column-2*aisle, 1, nameStyle, "Availability zone "+s.plan.Zones[i].Name)
	}
	y = l.addPublicRow(y+30) + gap
	y = l.addPodRow(l.addPrivateRow(y+gap)) + gap
	y = l.addControlPlaneRow(y)
	for _, zone := range l.zones {
		zone.h = y - zone.y
	}
	y = l.addS3Endpoint(y + 2*gap)
	l.vpc.h = y - l.vpc.y
	y = l.addManagedServices(y + 3*gap)
	l.region.h = y + gap - l.region.y
	l.height = l.addLegend(y+2*gap) + margin
	return l.picture
}

// addTitle adds the title of the picture.
func (l *layout) addTitle(y int) int {
	page := l.add(nil, paperKind, box{0, 0, l.width, 0})
	y = l.write(page, margin, y, l.width-2*margin, 1, headlineStyle, fmt.Sprintf("Cluster %s in %s", l.Cluster.Name, l.Region))
	y = l.write(page, margin, y, l.width-2*margin, 1, plainStyle, fmt.Sprintf("The network of stack %s: Kubernetes %s in %d zones. Numbers are explained below.", l.stack, l.Cluster.Version, len(l.plan.Zones)))
	page.h = y
	return y + pad
}

// addNote numbers a line and adds a text about its traffic to the legend.
func (l *layout) addNote(f flow, at point, text string) {
	l.notes = append(l.notes, text)
	l.marks = append(l.marks, mark{f, at, len(l.notes)})
}

// span returns the left edge and the width of a box across all zones.
func (l *layout) span() (x, width int) {
	x = l.zones[0].x + aisle + pad
	return x, l.zones[len(l.zones)-1].right() - aisle - pad - x
}
