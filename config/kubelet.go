package config

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Kubelet is settings of the kubelet on the nodes of a group. A change replaces the nodes.
type Kubelet struct {
	// KubeReserved are the resources for the kubelet and the container runtime. Default: what the image computes.
	KubeReserved ReservedResources `json:"kubeReserved"`
	// SystemReserved are the resources for other programs of the system. Default: none.
	SystemReserved ReservedResources `json:"systemReserved"`
	// EvictionHard are thresholds below which the kubelet evicts pods at once, such as {memory.available: 5%}: of the
	// signals memory.available, nodefs.available and imagefs.available a size or a percentage, of nodefs.inodesFree,
	// imagefs.inodesFree and pid.available a percentage. Default: memory.available 100Mi, nodefs.available 10%,
	// nodefs.inodesFree 5%, and what else the image has if none is written.
	EvictionHard map[string]string `json:"evictionHard"`
}

// ReservedResources are resources of a node that pods cannot request.
type ReservedResources struct {
	// CPU is a number of CPUs in quotes, such as "250m" or "1".
	CPU string `json:"cpu"`
	// Memory is a size, such as 500Mi or 1Gi.
	Memory string `json:"memory"`
	// EphemeralStorage is a size of the volume for images and logs, such as 1Gi.
	EphemeralStorage string `json:"ephemeralStorage"`
}

// Written reports whether the stack file has any of the settings.
func (k Kubelet) Written() bool {
	return k.KubeReserved != ReservedResources{} || k.SystemReserved != ReservedResources{} || len(k.EvictionHard) > 0
}

// Quantities are Kubernetes' own, as far as they are needed (k8s.io/apimachinery, pkg/api/resource).
var (
	cpuQuantity  = regexp.MustCompile(`^[1-9][0-9]{0,5}m?$`)
	sizeQuantity = regexp.MustCompile(`^[1-9][0-9]{0,6}(Mi|Gi)$`)
	percentage   = regexp.MustCompile(`^[1-9][0-9]?%$`)
)

// EvictionSignals are the signals of the kubelet that Bottlerocket has too, with whether they may be a size
// (kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#eviction-signals;
// bottlerocket.dev/en/os/latest/api/settings/kubernetes/#eviction-hard).
var EvictionSignals = map[string]bool{
	"memory.available": true, "nodefs.available": true, "imagefs.available": true,
	"nodefs.inodesFree": false, "imagefs.inodesFree": false, "pid.available": false,
}

// kubelet checks what the kubelet would refuse when it starts.
func (v *validator) kubelet(path string, k Kubelet) {
	v.reservedResources(path+".kubeReserved", k.KubeReserved)
	v.reservedResources(path+".systemReserved", k.SystemReserved)
	signals := slices.Sorted(maps.Keys(EvictionSignals))
	for _, signal := range signals {
		v.accept(keyOf(path+".evictionHard"), func(c *Constraint) { c.OneOf = addOnce(c.OneOf, signal) })
	}
	for _, signal := range slices.Sorted(maps.Keys(k.EvictionHard)) {
		at, value := In(path+".evictionHard", signal), k.EvictionHard[signal]
		size, known := EvictionSignals[signal]
		isPercentage, isSize := v.matches(at, value, percentage), v.matches(at, value, sizeQuantity)
		switch {
		case !known:
			v.Add(at, "%q is not an eviction signal; accepted: %s", signal, list(signals...))
		case size && !isPercentage && !isSize:
			v.Add(at, "%q is not a threshold; write a size, such as 500Mi or 1Gi, or a percentage from 1%% to 99%%", value)
		case !size && !isPercentage:
			v.Add(at, "%q is not a threshold; write a percentage from 1%% to 99%%", value)
		}
	}
}

func (v *validator) reservedResources(path string, r ReservedResources) {
	if r.CPU != "" && !v.matches(path+".cpu", r.CPU, cpuQuantity) {
		v.Add(path+".cpu", "%q is not a number of CPUs; write milli-CPUs, such as 250m, or whole CPUs, such as \"1\"", r.CPU)
	}
	for _, size := range []struct{ name, value string }{{"memory", r.Memory}, {"ephemeralStorage", r.EphemeralStorage}} {
		if size.value != "" && !v.matches(path+"."+size.name, size.value, sizeQuantity) {
			v.Add(path+"."+size.name, "%q is not a size; write MiB or GiB, such as 500Mi or 1Gi", size.value)
		}
	}
}

// MilliCPU returns the milli-CPUs of a quantity that was accepted, and 0 for "".
func MilliCPU(quantity string) int {
	number, milli := strings.CutSuffix(quantity, "m")
	cpus, _ := strconv.Atoi(number)
	if milli {
		return cpus
	}
	return 1000 * cpus
}

// MiB returns the MiB of a size that was accepted, and 0 for "".
func MiB(size string) int {
	if number, gib := strings.CutSuffix(size, "Gi"); gib {
		n, _ := strconv.Atoi(number)
		return 1024 * n
	}
	n, _ := strconv.Atoi(strings.TrimSuffix(size, "Mi"))
	return n
}
