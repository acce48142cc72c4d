package balancer

import (
	"strings"

	"eksnet/config"
)

// readableOfObject is how many characters of a namespace's and of an object's name are in a load balancer's:
// k8s-NAMESPACE-NAME-HASH has 32 with eight of each. Of a group's there are 17.
const (
	readableOfObject = 8
	readableOfGroup  = 17
)

// ReadableName returns what can be read of a load balancer's name, "" for that of a CLB, whose name says nothing.
func ReadableName(name string, w config.Workload) string {
	switch {
	case w.IsGateway():
		return readableObject(GatewayOf(name, w))
	case IsGrouped(w):
		return "k8s-" + truncate(w.Group, readableOfGroup)
	case w.Kind == config.KindNLB || w.Kind == config.KindALB:
		return readableObject(name, name+"-"+w.Kind)
	}
	return ""
}

func readableObject(namespace, name string) string {
	return "k8s-" + truncate(namespace, readableOfObject) + "-" + truncate(name, readableOfObject)
}

// truncate returns a name without what is neither letter nor digit, as far as there is room.
func truncate(name string, room int) string {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-._", r) {
			return -1
		}
		return r
	}, name)
	return plain[:min(len(plain), room)]
}
