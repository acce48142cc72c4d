package logs

import (
	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource types of CloudWatch Logs.
func Kinds() []*store.Kind { return []*store.Kind{logGroupKind()} }
