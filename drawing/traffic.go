package drawing

import (
	"cmp"
	"fmt"
	"slices"
)

// Traffic describes requests through a load balancer, from its client to pods.
type Traffic struct {
	Title, Subtitle string
	Client          TrafficBox
	Zones           []TrafficZone
	Streams         []TrafficStream
}

// TrafficZone is an availability zone with the addresses of the load balancer, nodes that are targets, and pods.
type TrafficZone struct {
	Name                   string
	Addresses, Nodes, Pods []TrafficBox
}

// TrafficBox is a host. Streams refer to it by its ID.
type TrafficBox struct {
	ID, Name string
	Texts    []string
}

// TrafficStream is a number of requests from one host to another.
type TrafficStream struct {
	From, To string
	Requests int
}

// Sizes in a picture of traffic, in pixels.
const (
	hostWidth   = 220
	streamRoom  = 130 // between columns, for streams
	allRequests = 90  // the width of a band of all requests
	leastSlot   = 15  // the least distance between two bands of a host, for their numbers
)

// band is a curved line whose width is a number of requests.
type band struct {
	from, to        point
	width, requests int
	crosses         bool // to another zone
}

// TrafficSVG draws requests through a load balancer: their client, its addresses by zone, nodes, and pods. The result
// is the same for the same traffic.
func TrafficSVG(t Traffic) []byte { return layOutTraffic(t).svg() }

// trafficLayout adds frames from left to right in columns, and from top to bottom in zones.
type trafficLayout struct {
	*picture
	Traffic
	total int
	hosts map[string]*frame
	zones map[string]int
	// used holds how much of the left and the right edge of a host is used by bands.
	used map[edge]int
}

type edge struct {
	host  string
	right bool
}

func layOutTraffic(t Traffic) *picture {
	l := &trafficLayout{picture: &picture{title: t.Title, description: t.Subtitle}, Traffic: t, hosts: map[string]*frame{},
		zones: map[string]int{}, used: map[edge]int{}}
	for _, s := range t.Streams {
		if s.From == t.Client.ID {
			l.total += s.Requests
		}
	}
	columns := 2
	if slices.ContainsFunc(t.Zones, func(z TrafficZone) bool { return len(z.Nodes) > 0 }) {
		columns = 3
	}
	first := margin + hostWidth + streamRoom
	l.width = first + columns*hostWidth + (columns-1)*streamRoom + pad + margin
	page := l.add(nil, paperKind, box{0, 0, l.width, 0})
	y := l.write(page, margin, margin, l.width-2*margin, 1, headlineStyle, t.Title)
	y = l.write(page, margin, y, l.width-2*margin, 2, plainStyle, t.Subtitle)
	page.h = y
	top := y + pad
	y = top
	for i, z := range t.Zones {
		y = l.addZone(first-pad, y, i, z, columns) + gap
	}
	l.addHost(nil, actorKind, margin, top, t.Client)
	client := l.hosts[t.Client.ID]
	client.y = (top + y - gap - client.h) / 2
	l.writeHost(client, t.Client)
	for _, s := range t.Streams {
		l.addBand(s)
	}
	l.height = l.write(page, margin, y, l.width-2*margin, 2, smallStyle, trafficLegend) + margin
	page.h = l.height
	return l.picture
}

const trafficLegend = "The width of a band and the number on it are its requests. Purple bands stay in their zone, orange ones change it."

// addZone adds a zone with its columns, and returns the y coordinate below it.
func (l *trafficLayout) addZone(x, y, number int, z TrafficZone, columns int) int {
	f := l.add(nil, zoneKind, box{x, y, l.width - margin - x, 0})
	l.write(f, x+pad, y+6, hostWidth, 1, nameStyle, "Zone "+z.Name)
	parts := []struct {
		kind  kind
		boxes []TrafficBox
	}{{balancerKind, z.Addresses}, {nodesKind, z.Nodes}, {podsKind, z.Pods}}
	if columns == 2 {
		parts = slices.Delete(parts, 1, 2)
	}
	bottom := y + 60
	for i, part := range parts {
		at := y + 28
		for _, b := range part.boxes {
			l.zones[b.ID] = number + 1
			made := l.addHost(f, part.kind, x+pad+i*(hostWidth+streamRoom), at, b)
			l.writeHost(made, b)
			at = made.bottom() + pad
		}
		bottom = max(bottom, at)
	}
	f.h = bottom - y
	return f.bottom()
}

// addHost adds a host, with room for its texts and for the bands at its edges.
func (l *trafficLayout) addHost(parent *frame, k kind, x, y int, b TrafficBox) *frame {
	texts := 12 + nameStyle.size + leading + len(b.Texts)*(smallStyle.size+leading)
	var in, out int
	for _, s := range l.Streams {
		if s.To == b.ID {
			in += l.slot(s.Requests)
		}
		if s.From == b.ID {
			out += l.slot(s.Requests)
		}
	}
	l.hosts[b.ID] = l.add(parent, k, box{x, y, hostWidth, max(texts, in+4, out+4)})
	return l.hosts[b.ID]
}

func (l *trafficLayout) writeHost(f *frame, b TrafficBox) {
	y := l.write(f, f.x+pad, f.y+6, f.w-2*pad, 1, nameStyle, b.Name)
	for _, text := range b.Texts {
		y = l.write(f, f.x+pad, y, f.w-2*pad, 1, smallStyle, text)
	}
}

// bandWidth returns the width of a band, slot the part of a host's edge that it uses.
func (l *trafficLayout) bandWidth(requests int) int {
	return max(1, requests*allRequests/max(l.total, 1))
}

func (l *trafficLayout) slot(requests int) int { return max(leastSlot, l.bandWidth(requests)+2) }

// addBand adds the band of a stream, below those that the hosts have.
func (l *trafficLayout) addBand(s TrafficStream) {
	from, to := l.hosts[s.From], l.hosts[s.To]
	crosses := l.zones[s.From] != 0 && l.zones[s.From] != l.zones[s.To]
	b := band{point{from.right(), l.nextSlot(from, edge{s.From, true}, s.Requests)},
		point{to.x, l.nextSlot(to, edge{s.To, false}, s.Requests)}, l.bandWidth(s.Requests), s.Requests, crosses}
	l.bands = append(l.bands, b)
}

// nextSlot returns the y coordinate of the middle of the next slot at an edge of a host.
func (l *trafficLayout) nextSlot(f *frame, e edge, requests int) int {
	all := 0
	for _, s := range l.Streams {
		if e.right && s.From == e.host || !e.right && s.To == e.host {
			all += l.slot(s.Requests)
		}
	}
	y := f.y + (f.h-all)/2 + l.used[e] + l.slot(requests)/2
	l.used[e] += l.slot(requests)
	return y
}

// SortStreams sorts streams in the order of the hosts from which and to which they are, so that bands cross less.
func (t *Traffic) SortStreams() {
	order := map[string]int{}
	for _, z := range t.Zones {
		for _, b := range slices.Concat(z.Addresses, z.Nodes, z.Pods) {
			order[b.ID] = len(order) + 1
		}
	}
	slices.SortStableFunc(t.Streams, func(a, b TrafficStream) int {
		return cmp.Or(cmp.Compare(order[a.From], order[b.From]), cmp.Compare(order[a.To], order[b.To]))
	})
}

// bandStyle is the part of the style sheet for bands.
const bandStyle = `path { fill: none; stroke-opacity: .4 }
path.stays { stroke: #8250c4 } path.crosses { stroke: #e07b1a }
.requests { font-size: 11px; font-weight: bold; text-anchor: start }
`

// svg returns a band with its number.
func (b band) svg() string {
	class, middle := "stays", (b.from.x+b.to.x)/2
	if b.crosses {
		class = "crosses"
	}
	return fmt.Sprintf(`<path class="%s" stroke-width="%d" d="M%d,%d C%d,%d %d,%d %d,%d"/><text class="requests" x="%d" y="%d">%d</text>`+"\n",
		class, b.width, b.from.x, b.from.y, middle, b.from.y, middle, b.to.y, b.to.x, b.to.y, b.from.x+4, b.from.y+4, b.requests)
}
