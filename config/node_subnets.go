package config

// HasPrivateNodes reports whether a node group is in the private subnets.
func (s *Stack) HasPrivateNodes() bool {
	for _, group := range s.NodeGroups {
		if group.Subnets != PublicSubnets {
			return true
		}
	}
	return false
}

// HasPublicNodes reports whether a node group is in the public subnets.
func (s *Stack) HasPublicNodes() bool {
	for _, group := range s.NodeGroups {
		if group.Subnets == PublicSubnets {
			return true
		}
	}
	return false
}
