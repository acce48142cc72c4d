// Package drawing draws the network of a stack as one picture. The contents (scene), their positions (layout) and the
// output format (SVG) are separate.
package drawing

import (
	"eksnet/config"
	"eksnet/plan"
)

// SVG returns the drawing of a stack's network. The result is the same for the same plan.
func SVG(stack string, s *config.Stack, p *plan.Plan) []byte {
	return layOut(newScene(stack, s, p)).svg()
}
