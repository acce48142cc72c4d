package plan

// KubeletMaxPods returns the figure that the stack writes into a group's kubelet configuration, 0 for none.
func (p *Plan) KubeletMaxPods(group string) int {
	for _, g := range p.Groups {
		if g.Name == group {
			return g.KubeletMaxPods
		}
	}
	return 0
}
