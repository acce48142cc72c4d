package drawing

import (
	"fmt"
	"net/netip"

	"eksnet/plan/address"
)

// row is one kind of subnet, side by side in the zones.
type row struct {
	subnets []*frame
	y       int
}

// zoneText returns the title of a zone's subnet, its CIDR block, and the lines below.
type zoneText func(z address.Zone) (title string, subnet netip.Prefix, lines []string)

// newRow starts a row with the titles of its subnets. The frame of a zone without such a subnet is nil.
func (l *layout) newRow(y int, k kind, text zoneText) *row {
	r := &row{y: y}
	for i, zone := range l.plan.Zones {
		title, subnet, lines := text(zone)
		if !subnet.IsValid() {
			r.subnets = append(r.subnets, nil)
			continue
		}
		f := l.add(l.zones[i], k, box{l.zones[i].x + aisle, y, l.zones[i].w - 2*aisle, 0})
		x, width := f.x+pad, f.w-2*pad
		at := l.write(f, x, y+8, width, 2, headingStyle, title+" "+subnet.String())
		for _, line := range lines {
			at = l.write(f, x, at, width, 2, smallStyle, line)
		}
		r.subnets, r.y = append(r.subnets, f), max(r.y, at)
	}
	return r
}

// close sets the height of the row's subnets, and returns the y coordinate below them.
func (r *row) close() int {
	for _, f := range r.subnets {
		if f != nil {
			f.h = r.y + pad - f.y
		}
	}
	return r.y + pad
}

// addBar adds a box across all zones; fill writes into it and returns the y coordinate below its texts.
func (l *layout) addBar(r *row, k kind, fill func(f *frame, x, y, width int) int) *frame {
	x, width := l.span()
	f := l.add(l.vpc, k, box{x, r.y + 8, width, 0})
	f.over = true
	f.h = fill(f, x+pad, f.y+7, width-2*pad) + 5 - f.y
	r.y = f.bottom()
	return f
}

// writeCells writes texts side by side, each with its share of the width in hundredths, and returns the y coordinate
// below them.
func (l *layout) writeCells(f *frame, x, y, width int, cells ...cell) int {
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

// Shares of the columns in a box across the zones: its title, its traffic or instance types, and its targets or size.
const firstColumn, secondColumn, thirdColumn = 31, 34, 35

// demandText returns how many addresses of a subnet are needed.
func (l *layout) demandText(zone, kind string) string {
	d, known := l.demand(zone, kind)
	if !known {
		return ""
	}
	if d.AtDesired == d.AtMax {
		return fmt.Sprintf("%d of %d addresses needed", d.AtMax, d.Usable)
	}
	return fmt.Sprintf("%d of %d addresses needed, %d at most", d.AtDesired, d.Usable, d.AtMax)
}
