package eks

import (
	"strings"

	"eksnet/rehearsal/world/store"
)

// Kubectl returns a kubectl command for one object, with further words after its name.
func Kubectl(verb string, o *store.Object, more ...string) string {
	kind, namespace, name := strings.ToLower(store.LastOf(o.Type, ":")), "", o.ID
	if before, after, ok := strings.Cut(o.ID, "/"); ok {
		namespace, name = " --namespace "+before, after
	}
	return strings.Join(append([]string{"kubectl", verb, kind, name + namespace}, more...), " ")
}
