package drawing

import (
	"fmt"
	"net/netip"

	"eksnet/plan/address"
)

// row is a kind of subnet, side by side in the zones. What stands in all of them lies across.
type row struct {
	subnets []*frame
	y       int
}

// zoneText are the lines at the head of a zone's subnet.
type zoneText func(z address.Zone) (title string, subnet netip.Prefix, lines []string)

// row opens a row with the heads of its subnets; a zone without one has nothing there.
func (l *layout) row(y int, k kind, text zoneText) *row {
	r := &row{y: y}
	for i, zone := range l.plan.Zones {
		title, subnet, lines := text(zone)
		if !subnet.IsValid() {
			r.subnets = append(r.subnets, nil)
			continue
		}
		f := l.add(l.zones[i], k, box{l.zones[i].x + aisle, y, l.zones[i].w - 2*aisle, 0})
		x, width := f.x+pad, f.w-2*pad
		at := l.write(f, x, y+8, width, 2, heading, title+" "+subnet.String())
		for _, line := range lines {
			at = l.write(f, x, at, width, 2, small, line)
		}
		r.subnets, r.y = append(r.subnets, f), max(r.y, at)
	}
	return r
}

// close ends the subnets of a row below what is in them.
func (r *row) close() int {
	for _, f := range r.subnets {
		if f != nil {
			f.h = r.y + pad - f.y
		}
	}
	return r.y + pad
}

// bar puts a box across all zones; what fills it returns its lower end.
func (l *layout) bar(r *row, k kind, fill func(f *frame, x, y, width int) int) *frame {
	x, width := l.across()
	f := l.add(l.vpc, k, box{x, r.y + 8, width, 0})
	f.over = true
	f.h = fill(f, x+pad, f.y+7, width-2*pad) + 5 - f.y
	r.y = f.bottom()
	return f
}

// cells writes texts side by side, each with its share of the width in hundredths, and returns the lowest end.
func (l *layout) cells(f *frame, x, y, width int, cells ...cell) int {
	bottom := y
	for _, c := range cells {
		room := width * c.share / 100
		bottom = max(bottom, l.write(f, x, y, room-gap, 2, c.style, c.text))
		x += room
	}
	return bottom
}

type cell struct {
	share int
	style style
	text  string
}

// The shares of what lies across: what it is, what comes in or what it is made of, and what is behind it or how many there are.
const first, second, third = 31, 34, 35

// room tells how full a subnet gets.
func (l *layout) room(zone, kind string) string {
	d, known := l.demand(zone, kind)
	if !known {
		return ""
	}
	if d.AtDesired == d.AtMax {
		return fmt.Sprintf("%d of %d addresses needed", d.AtMax, d.Usable)
	}
	return fmt.Sprintf("%d of %d addresses needed, %d at most", d.AtDesired, d.Usable, d.AtMax)
}
