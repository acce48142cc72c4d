package node

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/store"
)

const kubeletFailed = joinFailed + " (%s: the kubelet does not start: %s)"

var (
	KubeletReserves = store.NewRule("a kubelet reserves quantities of CPU, memory, ephemeral storage and process IDs",
		kubeletFailed,
		"https://github.com/kubernetes/kubernetes/blob/v1.35.0/cmd/kubelet/app/server.go (parseResourceList)")
	KubeletEvicts = store.NewRule("a kubelet's eviction thresholds are quantities or percentages of its signals",
		kubeletFailed,
		"https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/kubelet/eviction/helpers.go (parseThresholdStatement)")
	KubeletFits = store.NewRule("a kubelet reserves no more than its node has",
		kubeletFailed,
		"https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/kubelet/cm/node_container_manager_linux.go (validateNodeAllocatable)")
)

// kubeletSettings are what a kubelet reserves, and its eviction thresholds.
type kubeletSettings struct {
	kubeReserved, systemReserved, evictionHard map[string]any
}

// kubeletSettingsOf returns the settings of the kubelets of a node group: those of its user data and of its image. The
// kubelet merges those of AL2023 by key. Bottlerocket has no thresholds but those of its user data, if it has any
// (https://github.com/bottlerocket-os/bottlerocket-core-kit, packages/kubernetes-1.33/kubelet-config).
func kubeletSettingsOf(w *store.Account, group *store.Object) kubeletSettings {
	text := userDataOf(templateOf(w, group))
	evictions := map[string]any{"memory.available": "100Mi", "nodefs.available": "10%", "nodefs.inodesFree": "5%"}
	if strings.HasPrefix(NodeGroupOf(group).Image, "BOTTLEROCKET_") {
		data := map[string]any{}
		_, _ = toml.Decode(text, &data) // startFault reports what cannot be decoded
		own := store.MapOf(store.MapOf(data["settings"])["kubernetes"])
		s := kubeletSettings{store.MapOf(own["kube-reserved"]), store.MapOf(own["system-reserved"]), store.MapOf(own["eviction-hard"])}
		if len(s.evictionHard) == 0 {
			s.evictionHard = evictions
		}
		return s
	}
	own := nodeadmKubelet(text)
	maps.Copy(evictions, store.MapOf(own["evictionHard"]))
	return kubeletSettings{store.MapOf(own["kubeReserved"]), store.MapOf(own["systemReserved"]), evictions}
}

// nodeadmKubelet returns the kubelet's configuration in the NodeConfig of a message.
func nodeadmKubelet(text string) map[string]any {
	parts, _ := partsOf(text)
	for _, p := range parts {
		var config struct {
			Spec struct {
				Kubelet struct {
					Config map[string]any `json:"config"`
				} `json:"kubelet"`
			} `json:"spec"`
		}
		if p.media == "application/node.eks.aws" && yaml.Unmarshal([]byte(p.body), &config) == nil {
			return config.Spec.Kubelet.Config
		}
	}
	return nil
}

// kubeletFault returns why the kubelet of a node does not start with its settings.
func kubeletFault(w *store.Account, node *store.Object) error {
	n := NodeOf(node)
	group := w.Get(store.NodeGroupType, n.Group)
	if group == nil {
		return nil
	}
	s := kubeletSettingsOf(w, group)
	reserves := ""
	for _, reserved := range []map[string]any{s.kubeReserved, s.systemReserved} {
		for _, name := range slices.Sorted(maps.Keys(reserved)) {
			if fault := reservationFault(name, reserved[name]); fault != "" {
				reserves = fault
			}
		}
	}
	evicts := ""
	for _, signal := range slices.Sorted(maps.Keys(s.evictionHard)) {
		if fault := thresholdFault(signal, s.evictionHard[signal]); fault != "" {
			evicts = fault
		}
	}
	kind, err := ec2.TypeOf(n.Group, n.Type)
	if err != nil {
		return err
	}
	cpu, memory := s.reserved(kind, NodeGroupOf(group).Image, n.MaxPods)
	fits := ""
	switch {
	case cpu > int64(1000*kind.Cpus):
		fits = tooMuch("cpu", fmt.Sprintf("%dm", cpu), fmt.Sprint(kind.Cpus))
	case memory > int64(kind.CapacityMiB()):
		fits = tooMuch("memory", fmt.Sprintf("%dMi", memory), fmt.Sprintf("%dMi", kind.CapacityMiB()))
	}
	if lt := templateOf(w, group); lt != nil {
		volume := ec2.LaunchTemplateOf(lt).LargestVolumeMiB()
		if storage := s.reservedStorage(volume); volume > 0 && storage > int64(volume) {
			fits = tooMuch("ephemeral-storage", fmt.Sprintf("%dMi", storage), fmt.Sprintf("%dMi", volume))
		}
	}
	return store.First(
		KubeletReserves.Unready(reserves != "", n.Group, n.Instance, n.Instance, reserves),
		KubeletEvicts.Unready(evicts != "", n.Group, n.Instance, n.Instance, evicts),
		KubeletFits.Unready(fits != "", n.Group, n.Instance, n.Instance, fits))
}

func tooMuch(name, reserved, capacity string) string {
	return fmt.Sprintf("Failed to start ContainerManager: invalid Node Allocatable configuration. Resource %q has a reservation of %s but capacity of %s. Expected capacity >= reservation.",
		name, reserved, capacity)
}

func reservationFault(name string, value any) string {
	if !slices.Contains([]string{"cpu", "memory", "ephemeral-storage", "pid"}, name) {
		return fmt.Sprintf("cannot reserve %q resource", name)
	}
	text, isText := value.(string)
	quantity, err := resource.ParseQuantity(text)
	switch {
	case !isText || err != nil:
		return fmt.Sprintf("failed to parse quantity %q for %q resource", fmt.Sprint(value), name)
	case quantity.Sign() < 0:
		return fmt.Sprintf("resource quantity for %q cannot be negative: %s", name, text)
	}
	return ""
}

func thresholdFault(signal string, value any) string {
	if !slices.Contains([]string{"memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree",
		"containerfs.available", "containerfs.inodesFree", "allocatableMemory.available", "pid.available"}, signal) {
		return "unsupported eviction signal " + signal
	}
	text, _ := value.(string)
	if percent, isPercentage := strings.CutSuffix(text, "%"); isPercentage {
		number, err := strconv.ParseFloat(percent, 32)
		if err != nil || number < 0 || number > 100 {
			return fmt.Sprintf("eviction percentage threshold %s must be <= 100%%: %s", signal, text)
		}
		return ""
	}
	if quantity, err := resource.ParseQuantity(text); err != nil || quantity.Sign() <= 0 {
		return fmt.Sprintf("eviction threshold %s must be positive: %v", signal, value)
	}
	return ""
}

// reserved returns the millicores and the MiB that a kubelet keeps from pods: its reservations, and the memory below
// which it evicts.
func (s kubeletSettings) reserved(kind ec2.InstanceType, image string, maxPods int) (milliCPU, mib int64) {
	milliCPU, mib = int64(1000*kind.Cpus)-Allocatable(kind.Cpus), int64(kind.ReservedMiB(image, maxPods))
	if own := quantityOf(s.kubeReserved["cpu"]); own != nil {
		milliCPU = own.MilliValue()
	}
	if own := quantityOf(s.kubeReserved["memory"]); own != nil {
		mib = own.Value() >> 20
	}
	if own := quantityOf(s.systemReserved["cpu"]); own != nil {
		milliCPU += own.MilliValue()
	}
	if own := quantityOf(s.systemReserved["memory"]); own != nil {
		mib += own.Value() >> 20
	}
	return milliCPU, mib + s.threshold("memory.available", kind.CapacityMiB())
}

// reservedStorage returns the MiB of a volume that a kubelet keeps from pods: its reservations, 1 GiB of the image if
// none is written, and the threshold of nodefs.available
// (https://github.com/kubernetes/kubernetes/blob/v1.35.0/pkg/kubelet/cm/helpers.go, hardEvictionReservation).
func (s kubeletSettings) reservedStorage(volume int) int64 {
	mib := int64(1024)
	if own := quantityOf(s.kubeReserved["ephemeral-storage"]); own != nil {
		mib = own.Value() >> 20
	}
	if own := quantityOf(s.systemReserved["ephemeral-storage"]); own != nil {
		mib += own.Value() >> 20
	}
	return mib + s.threshold("nodefs.available", volume)
}

// threshold returns the MiB below which a kubelet evicts pods by a signal, of the capacity in MiB.
func (s kubeletSettings) threshold(signal string, capacity int) int64 {
	text, _ := s.evictionHard[signal].(string)
	if percent, isPercentage := strings.CutSuffix(text, "%"); isPercentage {
		number, _ := strconv.ParseFloat(percent, 64)
		return int64(float64(capacity)*number/100 + 0.999)
	}
	if threshold := quantityOf(text); threshold != nil {
		return threshold.Value() >> 20
	}
	return 0
}

// quantityOf returns a quantity, nil for none.
func quantityOf(value any) *resource.Quantity {
	text, _ := value.(string)
	if text == "" {
		return nil
	}
	quantity, err := resource.ParseQuantity(text)
	if err != nil {
		return nil
	}
	return &quantity
}
