package route53

import (
	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource types of Route 53.
func Kinds() []*store.Kind {
	return []*store.Kind{zoneKind(), associationKind(), recordKind()}
}

// Functions returns the functions of Route 53.
func Functions() map[string]store.Function {
	return map[string]store.Function{"aws:route53/getZone:getZone": getZone}
}
