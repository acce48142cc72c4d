package kube

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
)

// GatePrefix begins the condition by which a pod waits for its target to be healthy; the binding's name follows
// (pkg/targetgroupbinding/utils.go).
const GatePrefix = "target-health.elbv2.k8s.aws/"

// UndeclaredPorts is the fact of a pod with the ports on which it listens although no container declares them.
const UndeclaredPorts = "undeclaredPorts"

// GatesOf are the conditions that a pod waits for beside its containers.
func GatesOf(pod *store.Object) []string {
	var gates []string
	for _, gate := range store.ListOf(fieldOf(pod, "spec", "readinessGates")) {
		gates = append(gates, store.OrText(gate["conditionType"], ""))
	}
	return gates
}

// PodCondition is the status of a condition of a pod, "" for one that it lacks.
func PodCondition(pod *store.Object, kind string) string {
	for _, c := range store.ListOf(fieldOf(pod, "status", "conditions")) {
		if c["type"] == kind {
			return store.OrText(c["status"], "")
		}
	}
	return ""
}

func statusOf(holds bool) string {
	if holds {
		return string(corev1.ConditionTrue)
	}
	return string(corev1.ConditionFalse)
}

// SetConditions writes whether a pod's containers are ready, and a gate; the pod is ready with all of them. It reports
// whether anything changed.
func SetConditions(pod *store.Object, containers bool, gate string, healthy bool) bool {
	ready := containers
	conditions := []any{map[string]any{"type": string(corev1.ContainersReady), "status": statusOf(containers)}}
	for _, kind := range GatesOf(pod) {
		status := PodCondition(pod, kind)
		if kind == gate {
			status = statusOf(healthy)
		}
		ready = ready && status == string(corev1.ConditionTrue)
		if status != "" {
			conditions = append(conditions, map[string]any{"type": kind, "status": status})
		}
	}
	conditions = append(conditions, map[string]any{"type": string(corev1.PodReady), "status": statusOf(ready)})
	if store.Equal(fieldOf(pod, "status", "conditions"), conditions) {
		return false
	}
	pod.SetAt(conditions, "status", "conditions")
	return true
}

var (
	AccountExists = store.NewRule("a pod's service account exists",
		`pods "%s-" is forbidden: error looking up service account %s: serviceaccount %q not found`,
		"https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/serviceaccount/admission.go")
)

// admitPod refuses a pod whose service account does not exist. The account "default" is in every namespace.
func admitPod(w *store.Account, pod *store.Object, d *appsv1.Deployment) error {
	account := d.Spec.Template.Spec.ServiceAccountName
	if account == "" || account == "default" {
		return nil
	}
	id := ObjectID(d.Namespace, account)
	return AccountExists.When(w.Find(pod.Cluster, store.ServiceAccountType, id) == nil, d.Name, id, account)
}

var (
	ContainersRequired = store.NewRule("a pod has containers",
		`%s is invalid: %s.spec.containers: Required value`, apiServerValidation+" (validateContainers)")
	ContainerNamed = store.NewRule("a container has a unique name",
		`%s is invalid: %s.name: %s`, apiServerValidation+" (validateContainerCommon)")
	ImageRequired = store.NewRule("a container has an image",
		`%s is invalid: %s.image: Required value`, apiServerValidation+" (validateContainerCommon)")
	ContainerPorts = store.NewRule("a container's ports are well formed",
		`%s is invalid: %s: %s`, apiServerValidation+" (validateContainerPorts)")
	LimitsHold = store.NewRule("a container requests no more than its limits",
		`%s is invalid: %s.resources.requests: Invalid value: %q: must be less than or equal to %s limit of %s`,
		apiServerValidation+" (ValidateContainerResourceRequirements)")
	ProbeHandler = store.NewRule("a probe has a handler",
		`%s is invalid: %s: Required value: must specify a handler type`, apiServerValidation+" (validateHandler)")
	ProbePort = store.NewRule("a probe's port is a port number or a port name",
		`%s is invalid: %s.port: Invalid value: %q: %s`, apiServerValidation+" (ValidatePortNumOrName)")
	MountNamed = store.NewRule("a container mounts volumes of its pod",
		`%s is invalid: %s.name: Not found: %q`, apiServerValidation+" (ValidateVolumeMounts)")
	GraceValid = store.NewRule("a pod's termination grace period is not negative",
		`%s is invalid: %s.spec.terminationGracePeriodSeconds: Invalid value: %d: must be greater than or equal to 0`, apiServerValidation+" (ValidatePodSpec)")
	SleepFits = store.NewRule("a container's preStop sleep is shorter than its pod's termination grace period",
		`%s is invalid: %s.sleep: Invalid value: %d: must be non-negative and less than terminationGracePeriodSeconds (%d)`, apiServerValidation+" (validateSleepAction)")
	GateNamed = store.NewRule("a pod's readiness gates have qualified names",
		`%s is invalid: %s.spec.readinessGates[%d].conditionType: Invalid value: %q: %s`, apiServerValidation+" (validateReadinessGates)")
	SpreadValid = store.NewRule("a topology spread constraint is complete",
		`%s is invalid: %s.spec.topologySpreadConstraints[%d].%s`, apiServerValidation+" (validateTopologySpreadConstraints)")
)

// validatePod checks what the API server checks of a pod template at a path.
func validatePod(title, path string, template *corev1.PodTemplateSpec) error {
	spec := &template.Spec
	if err := ContainersRequired.When(len(spec.Containers) == 0, title, path); err != nil {
		return err
	}
	names := map[string]bool{}
	for _, list := range []struct {
		field      string
		containers []corev1.Container
	}{{"initContainers", spec.InitContainers}, {"containers", spec.Containers}} {
		for i := range list.containers {
			at := fmt.Sprintf("%s.spec.%s[%d]", path, list.field, i)
			if err := validateContainer(title, at, &list.containers[i], spec, names); err != nil {
				return err
			}
		}
	}
	for i, gate := range spec.ReadinessGates {
		if malformed := validation.IsQualifiedName(string(gate.ConditionType)); len(malformed) > 0 {
			return GateNamed.When(true, title, path, i, gate.ConditionType, malformed[0])
		}
	}
	grace := graceOf(spec)
	if err := GraceValid.When(grace < 0, title, path, grace); err != nil {
		return err
	}
	for i, constraint := range spec.TopologySpreadConstraints {
		if err := store.First(
			SpreadValid.When(constraint.MaxSkew <= 0, title, path, i, "maxSkew: Invalid value: must be greater than zero"),
			SpreadValid.When(constraint.TopologyKey == "", title, path, i, "topologyKey: Required value: can not be empty"),
			SpreadValid.When(constraint.WhenUnsatisfiable != corev1.DoNotSchedule && constraint.WhenUnsatisfiable != corev1.ScheduleAnyway,
				title, path, i, fmt.Sprintf(`whenUnsatisfiable: Unsupported value: %q: supported values: "DoNotSchedule", "ScheduleAnyway"`, constraint.WhenUnsatisfiable)),
		); err != nil {
			return err
		}
	}
	return nil
}

func validateContainer(title, at string, container *corev1.Container, spec *corev1.PodSpec, names map[string]bool) error {
	problem := "Required value"
	if container.Name != "" {
		problem = fmt.Sprintf("Duplicate value: %q", container.Name)
		if malformed := validation.IsDNS1123Label(container.Name); len(malformed) > 0 {
			problem = fmt.Sprintf("Invalid value: %q: %s", container.Name, malformed[0])
		}
	}
	unusable := names[container.Name] || len(validation.IsDNS1123Label(container.Name)) > 0
	names[container.Name] = true
	return store.First(
		ContainerNamed.When(unusable, title, at, problem),
		ImageRequired.When(container.Image == "", title, at),
		validatePorts(title, at, container.Ports),
		validateResources(title, at, &container.Resources),
		validateProbe(title, at+".livenessProbe", container.LivenessProbe),
		validateProbe(title, at+".readinessProbe", container.ReadinessProbe),
		validateProbe(title, at+".startupProbe", container.StartupProbe),
		validatePreStop(title, at, container.Lifecycle, graceOf(spec)),
		validateMounts(title, at, container.VolumeMounts, spec.Volumes),
	)
}

func validatePorts(title, at string, ports []corev1.ContainerPort) error {
	names := map[string]bool{}
	for i, port := range ports {
		path := fmt.Sprintf("%s.ports[%d]", at, i)
		if err := store.First(
			portProblem(ContainerPorts, title, path+".name", port.Name, validation.IsValidPortName, port.Name != ""),
			ContainerPorts.When(port.Name != "" && names[port.Name], title, path+".name", fmt.Sprintf("Duplicate value: %q", port.Name)),
			ContainerPorts.When(port.ContainerPort == 0, title, path+".containerPort", "Required value"),
			ContainerPorts.When(len(validation.IsValidPortNum(int(port.ContainerPort))) > 0, title, path+".containerPort",
				fmt.Sprintf("Invalid value: %d: must be between 1 and 65535, inclusive", port.ContainerPort)),
			ContainerPorts.When(!knownProtocol(port.Protocol), title, path+".protocol",
				fmt.Sprintf(`Unsupported value: %q: supported values: "SCTP", "TCP", "UDP"`, port.Protocol)),
		); err != nil {
			return err
		}
		names[port.Name] = true
	}
	return nil
}

// portProblem refuses a name that a check of the API machinery rejects.
func portProblem(r store.Rule, title, path, name string, check func(string) []string, given bool) error {
	malformed := check(name)
	if !given || len(malformed) == 0 {
		return nil
	}
	return r.When(true, title, path, fmt.Sprintf("Invalid value: %q: %s", name, malformed[0]))
}

func knownProtocol(protocol corev1.Protocol) bool {
	return slices.Contains([]corev1.Protocol{"", corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}, protocol)
}

func validateResources(title, at string, resources *corev1.ResourceRequirements) error {
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
		request, requested := resources.Requests[name]
		limit, limited := resources.Limits[name]
		if err := LimitsHold.When(requested && limited && request.Cmp(limit) > 0, title, at, request.String(), name, limit.String()); err != nil {
			return err
		}
	}
	return nil
}

func validateProbe(title, at string, probe *corev1.Probe) error {
	if probe == nil {
		return nil
	}
	h := probe.ProbeHandler
	if err := ProbeHandler.When(h.Exec == nil && h.GRPC == nil && h.HTTPGet == nil && h.TCPSocket == nil, title, at); err != nil {
		return err
	}
	if h.HTTPGet != nil {
		return validateProbePort(title, at+".httpGet", h.HTTPGet.Port)
	}
	if h.TCPSocket != nil {
		return validateProbePort(title, at+".tcpSocket", h.TCPSocket.Port)
	}
	return nil
}

// graceOf returns a pod's termination grace period in seconds.
func graceOf(spec *corev1.PodSpec) int64 {
	if spec.TerminationGracePeriodSeconds == nil {
		return 30
	}
	return *spec.TerminationGracePeriodSeconds
}

func validatePreStop(title, at string, lifecycle *corev1.Lifecycle, grace int64) error {
	if lifecycle == nil || lifecycle.PreStop == nil {
		return nil
	}
	h, at := lifecycle.PreStop, at+".lifecycle.preStop"
	if err := ProbeHandler.When(h.Exec == nil && h.HTTPGet == nil && h.TCPSocket == nil && h.Sleep == nil, title, at); err != nil || h.Sleep == nil {
		return err
	}
	return SleepFits.When(h.Sleep.Seconds < 0 || h.Sleep.Seconds > grace, title, at, h.Sleep.Seconds, grace)
}

func validateProbePort(title, at string, port intstr.IntOrString) error {
	problems := validation.IsValidPortNum(port.IntValue())
	if port.Type == intstr.String {
		problems = validation.IsValidPortName(port.StrVal)
	}
	if len(problems) == 0 {
		return nil
	}
	return ProbePort.When(true, title, at, port.String(), problems[0])
}

func validateMounts(title, at string, mounts []corev1.VolumeMount, volumes []corev1.Volume) error {
	for i, mount := range mounts {
		missing := !slices.ContainsFunc(volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
		if err := MountNamed.When(missing, title, fmt.Sprintf("%s.volumeMounts[%d]", at, i), mount.Name); err != nil {
			return err
		}
	}
	return nil
}

// ImageReference matches valid image names (distribution/reference, simplified to what registries accept).
var ImageReference = regexp.MustCompile(`^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$`)

// PodsOn returns the pods that run on a node, without those that every node runs.
func PodsOn(w *store.Account, node *store.Object) []*store.Object {
	return store.Filter(w.Lookup(store.PodType, "node", Name(node), nodeOf), []func(*store.Object) bool{InCluster(node.Cluster)})
}

// nodeOf returns the index value of a pod by its node.
func nodeOf(pod *store.Object) []string { return []string{textOf(pod, "spec", "nodeName")} }

// DeploymentOf returns the key of a pod's Deployment, which may be deleted.
func DeploymentOf(pod *store.Object) store.Key {
	return store.Key{Cluster: pod.Cluster, Typ: store.DeploymentType, ID: ObjectID(Namespace(pod), OwnerOf(pod))}
}

// ContainerPort returns the number of a port that may be named.
func ContainerPort(spec *corev1.PodSpec, port intstr.IntOrString) int {
	for _, container := range spec.Containers {
		for _, p := range container.Ports {
			if port.Type == intstr.String && p.Name == port.StrVal {
				return int(p.ContainerPort)
			}
		}
	}
	return port.IntValue()
}

// ImageName returns the last element of an image's repository, without registry, tag and digest: that of a mirror is
// the same.
func ImageName(image string) string {
	image, _, _ = strings.Cut(image, "@")
	name := image[strings.LastIndex(image, "/")+1:]
	name, _, _ = strings.Cut(name, ":")
	return name
}

// noteAssociation does what EKS's webhook does with a new pod whose service account has a Pod Identity association: it
// adds the variables with which the AWS SDK requests credentials from the agent. Pods that exist do not change, and an
// association counts before the annotation of a role (https://github.com/aws/amazon-eks-pod-identity-webhook,
// pkg/handler/handler.go, buildPodPatchConfig).
func noteAssociation(w *store.Account, pod *store.Object, spec *corev1.PodSpec) {
	account := cmp.Or(spec.ServiceAccountName, "default")
	if association := eks.FindAssociation(w, pod.Cluster, Namespace(pod), account); association != nil {
		pod.Learn("podIdentity", association.ID)
	}
}

// AssociationOfPod returns the ID of the association that a pod got when it was created, "" for none.
func AssociationOfPod(pod *store.Object) string { return pod.Text("podIdentity") }
