package world

// A resource whose creation failed remains under its ID, in a state that no update changes. It is deleted and created
// again.
var (
	nodeGroupActive = rule("a node group whose creation failed is not updated",
		"updating EKS Node Group (%s): operation error EKS: UpdateNodegroupConfig, ResourceInUseException: Nodegroup cannot be updated as it is currently not in Active State",
		"https://github.com/aws/containers-roadmap/issues/2204")
	addonActive = rule("an add-on whose creation failed is not updated",
		"updating EKS Add-On (%s): operation error EKS: UpdateAddon, ResourceInUseException: Addon %s cannot be updated as it is currently in CREATE_FAILED state",
		"https://github.com/aws/containers-roadmap/issues/1411; https://github.com/eksctl-io/eksctl/issues/8091")
	clusterActive = rule("a cluster whose creation failed takes neither node groups nor add-ons, and is not updated",
		"%s, InvalidRequestException: Cluster '%s' is not in ACTIVE status",
		"https://github.com/eksctl-io/eksctl/issues/2244")
)

// createFailed is the status of a node group or an add-on whose creation failed. A cluster's is FAILED, and a NAT
// gateway's and an endpoint's failed.
const createFailed = "CREATE_FAILED"

// failures are the types with a state for a failed creation, with the function that removes what AWS removes.
var failures = map[string]func(*World, *Object){
	nodeGroupType: func(w *World, o *Object) {
		for _, node := range w.nodesOf(o) {
			w.terminate(node)
		}
		o.set("status", createFailed)
	},
	addonType:   func(_ *World, o *Object) { o.learn("status", createFailed) },
	clusterType: func(_ *World, o *Object) { o.set("status", "FAILED") },
	natType: func(w *World, o *Object) {
		w.takeBackNAT(o)
		for _, property := range []string{"associationId", "networkInterfaceId", "privateIp", "publicIp"} {
			o.set(property, "")
		}
		o.learn("state", "failed")
	},
	endpointType: func(w *World, o *Object) {
		w.takeBackEndpoint(o)
		o.set("state", "failed")
	},
	releaseType: func(_ *World, o *Object) { o.set("status.status", "failed") },
}

// CanFail reports whether a type has a state for a failed creation.
func CanFail(typ string) bool { return failures[typ] != nil }

// FailCreate makes a creation fail after AWS or Helm accepted the request. It reports whether the type has a state for
// that.
func (w *World) FailCreate(typ, id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	fail := failures[typ]
	if fail == nil {
		return false
	}
	for _, o := range w.all(typ, func(o *Object) bool { return o.ID == id }) {
		fail(w, o)
		w.settle()
	}
	return true
}
