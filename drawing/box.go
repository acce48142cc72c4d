package drawing

// box is a rectangle in pixels, with its upper left corner.
type box struct{ x, y, w, h int }

func (b box) right() int   { return b.x + b.w }
func (b box) bottom() int  { return b.y + b.h }
func (b box) centerX() int { return b.x + b.w/2 }

// overlaps reports whether two boxes share more than an edge.
func (b box) overlaps(o box) bool {
	return b.x < o.right() && o.x < b.right() && b.y < o.bottom() && o.y < b.bottom()
}

// contains reports whether another box is inside this one.
func (b box) contains(o box) bool {
	return b.x <= o.x && o.right() <= b.right() && b.y <= o.y && o.bottom() <= b.bottom()
}
