// Package drawing shows the network of a stack as one picture, for people who see it for the first time. What is drawn (scene), where
// it stands (layout) and how it is written (SVG) are apart.
package drawing

import (
	"eksnet/config"
	"eksnet/plan"
)

// SVG draws a stack's network. The same plan gives the same bytes.
func SVG(stack string, s *config.Stack, p *plan.Plan) []byte {
	return layOut(newScene(stack, s, p)).svg()
}
