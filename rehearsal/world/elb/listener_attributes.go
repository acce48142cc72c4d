package elb

import (
	"maps"
	"slices"

	"eksnet/rehearsal/world/store"
)

const (
	listenerAttributeDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html"
	modifyListenerOp      = "operation error Elastic Load Balancing v2: ModifyListenerAttributes, api error "
	idleTimeout           = "tcp.idle_timeout.seconds"
)

var (
	ListenerAttributeKnown = store.NewRule("a listener's attribute is supported by its protocol",
		modifyListenerOp+"InvalidConfigurationRequest: Listener attribute key '%s' is not supported on listeners with protocol '%s'",
		listenerAttributeDocs)
	ListenerAttributeFits = store.NewRule("a listener's attribute has a valid value",
		modifyListenerOp+"ValidationError: Listener attribute value '%[2]s' of key '%[1]s' is not valid: it takes %[3]s",
		listenerAttributeDocs)
)

// SetListenerAttributes sets attributes of a listener; others keep their values. It supports the idle timeout of a TCP
// listener of a Network Load Balancer.
func SetListenerAttributes(o *store.Object, requested map[string]string) error {
	protocol, valid := ListenerOf(o).Protocol, within(60, 6000)
	for _, key := range slices.Sorted(maps.Keys(requested)) {
		if err := store.First(
			ListenerAttributeKnown.When(key != idleTimeout || protocol != "TCP", key, protocol),
			ListenerAttributeFits.When(!valid.contain(requested[key]), key, requested[key], valid.description),
		); err != nil {
			return err
		}
	}
	o.Set("attributes", PropertiesOf(withAttributes(ListenerOf(o).Attributes, requested)))
	return nil
}
