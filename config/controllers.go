package config

// Controller describes a controller or an add-on that a stack file installs, as far as a plan counts it.
type Controller struct {
	// Path is that of its key, such as addons.externalDns.
	Path   string
	Pods   []ControllerPods
	Images []ControllerImage
	// Calls is the AWS service that its pods call, nil for none.
	Calls *CalledService
}

// ControllerPods are pods of a controller with the same requests.
type ControllerPods struct {
	// Name is the text in messages, such as "ExternalDNS".
	Name string
	// Count is the number of pods.
	Count int
	// MilliCPU and MiB are what each pod requests.
	MilliCPU, MiB int
	// Surges reports whether a rollout starts a new pod before it ends an old one.
	Surges bool
}

// ControllerImage is an image that nodes pull from another registry than EKS's own, which is in every region.
type ControllerImage struct {
	// Path is that of the key that sets it, Name the image.
	Path, Name string
}

// CalledService is an AWS service that pods call.
type CalledService struct {
	Name string
	// Endpoint is its name in network.endpoints, "" if it has none.
	Endpoint string
	// Without is a sentence about what works without the controller, for a service that has no endpoint.
	Without string
}

// installed is an optional controller of a stack file.
type installed interface {
	// check adds the problems of its values.
	check(v *validator, s *Stack)
	controller() Controller
}

// Controllers returns those of the optional controllers that the stack file installs.
func (a Addons) Controllers() []Controller {
	var all []Controller
	for _, c := range a.installed() {
		all = append(all, c.controller())
	}
	return all
}
