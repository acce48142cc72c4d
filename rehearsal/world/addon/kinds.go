package addon

import (
	"time"

	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource type of add-ons.
func Kinds() []*store.Kind { return []*store.Kind{addonKind()} }

// Timeouts returns how long a provider retries what a rule refuses
// (https://github.com/hashicorp/terraform-provider-aws, internal/service/eks/addon.go).
func Timeouts() map[store.Rule]time.Duration {
	return map[store.Rule]time.Duration{AddonReplicas: 20 * time.Minute}
}
