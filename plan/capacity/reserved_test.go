package capacity_test

import (
	"fmt"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func reserving(kubelet config.Kubelet, types ...string) *config.Stack {
	s := plantest.StackOfTypes(false, types...)
	plantest.ChangeGroup(s, func(g *config.NodeGroup) { g.Kubelet, g.DiskGiB = kubelet, 50 })
	return s
}

func TestPodsMayRequestWhatTheStackFileDoesNotReserve(t *testing.T) {
	own := func(cpu, memory string) config.ReservedResources {
		return config.ReservedResources{CPU: cpu, Memory: memory}
	}
	for _, test := range []struct {
		kubelet       config.Kubelet
		milliCPU, mib int
	}{
		{config.Kubelet{}, 1930, 6904},
		{config.Kubelet{KubeReserved: own("200m", "1Gi")}, 1800, 6454},
		{config.Kubelet{SystemReserved: own("1", "500Mi")}, 930, 6404},
		{config.Kubelet{EvictionHard: map[string]string{"memory.available": "5%"}}, 1930, 6625},
		{config.Kubelet{EvictionHard: map[string]string{"memory.available": "1Gi"}}, 1930, 5980},
		{config.Kubelet{EvictionHard: map[string]string{"nodefs.available": "5%"}}, 1930, 6904},
		{config.Kubelet{KubeReserved: own("", "2Gi"), SystemReserved: own("100m", "")}, 1830, 5430},
	} {
		if g := groupOf(t, reserving(test.kubelet, "m7g.large")); g.AllocatableMilliCPU != test.milliCPU || g.AllocatableMiB != test.mib {
			t.Errorf("%+v: %dm and %d MiB, want %dm and %d", test.kubelet, g.AllocatableMilliCPU, g.AllocatableMiB, test.milliCPU, test.mib)
		}
	}
}

func TestReservationsOfAWholeNodeAreRefusedAndSmallOnesWarnedOf(t *testing.T) {
	const path = `nodeGroups["general"].kubelet`
	storage := func(size string) config.ReservedResources { return config.ReservedResources{EphemeralStorage: size} }
	for _, test := range []struct {
		kubelet          config.Kubelet
		problem, warning string
	}{
		{config.Kubelet{SystemReserved: config.ReservedResources{CPU: "2"}}, path + ": 2070m of CPU are reserved, and m7g.large has 2000m; reserve less", ""},
		{config.Kubelet{SystemReserved: config.ReservedResources{Memory: "8Gi"}}, path + ": 8866 MiB of memory are reserved or kept free by evictions, and m7g.large has 7578 MiB", ""},
		{config.Kubelet{EvictionHard: map[string]string{"memory.available": "95%"}}, path + ": 7774 MiB of memory are reserved or kept free by evictions", ""},
		{config.Kubelet{KubeReserved: storage("60Gi")}, path + ": 66560 MiB of storage are reserved or kept free by evictions, and the volume has 51200 MiB; reserve less, or raise diskGiB", ""},
		{config.Kubelet{SystemReserved: storage("5Gi"), EvictionHard: map[string]string{"nodefs.available": "90%"}}, path + ": 52224 MiB of storage", ""},
		{config.Kubelet{KubeReserved: storage("2Gi"), EvictionHard: map[string]string{"nodefs.available": "49Gi"}}, path + ": 52224 MiB of storage", ""},
		{config.Kubelet{KubeReserved: storage("2Gi"), EvictionHard: map[string]string{"nodefs.available": "40Gi"}}, "", ""},
		{config.Kubelet{KubeReserved: config.ReservedResources{Memory: "300Mi"}}, "", path + ".kubeReserved.memory: 300 MiB, but the image would reserve 574 MiB for up to 29 pods"},
		{config.Kubelet{EvictionHard: map[string]string{"memory.available": "1%"}}, "", path + `.evictionHard["memory.available"]: 76 MiB of m7g.large; the kubelet may evict too late`},
		{config.Kubelet{KubeReserved: config.ReservedResources{CPU: "200m", Memory: "1Gi"}}, "", ""},
	} {
		p, problems := plan.New(reserving(test.kubelet, "m7g.large"))
		warnings := fmt.Sprint(p.Warnings)
		if test.problem != "" && !strings.Contains(problems.Error(), test.problem) {
			t.Errorf("%+v: %v, want %s", test.kubelet, problems, test.problem)
		}
		if test.problem == "" && (problems.Err() != nil || !strings.Contains(warnings, test.warning) || test.warning == "" && strings.Contains(warnings, path)) {
			t.Errorf("%+v: %v, warnings %s, want %s", test.kubelet, problems, warnings, test.warning)
		}
	}
}

func TestReservationsThatLeaveTooLittleForTheNodesOwnPodsAreWarnedOf(t *testing.T) {
	const path = `nodeGroups["general"].kubelet`
	for _, test := range []struct {
		kubelet config.Kubelet
		warning string // "" for none at the path
	}{
		{config.Kubelet{SystemReserved: config.ReservedResources{CPU: "1800m"}},
			path + ": 130m of CPU are left for pods, but the VPC CNI and kube-proxy request 150m on each node, which is not ready without them; reserve less, or use larger instance types"},
		{config.Kubelet{SystemReserved: config.ReservedResources{CPU: "1780m"}}, ""},
		{config.Kubelet{SystemReserved: config.ReservedResources{Memory: "6500Mi"}},
			path + ": 404 MiB of memory are left for pods; those of the VPC CNI and kube-proxy on each node request none, but use some of it"},
		{config.Kubelet{SystemReserved: config.ReservedResources{Memory: "6404Mi"}}, ""},
		{config.Kubelet{EvictionHard: map[string]string{"nodefs.available": "45Gi"}}, ""},
		{config.Kubelet{EvictionHard: map[string]string{"nodefs.available": "91%"}},
			path + `.evictionHard["nodefs.available"]: 46592 MiB are kept free of a volume of 51200 MiB; the kubelet reports DiskPressure as soon as images and logs use 4608 MiB, so the node gets no pods; write 46080Mi or less, or raise diskGiB`},
		{config.Kubelet{EvictionHard: map[string]string{"imagefs.available": "60Gi"}},
			path + `.evictionHard["imagefs.available"]: 61440 MiB are kept free of a volume of 51200 MiB; the kubelet reports DiskPressure as soon as images and logs use 0 MiB`},
		{config.Kubelet{EvictionHard: map[string]string{"imagefs.available": "15%"}}, ""},
	} {
		p, _ := plan.New(reserving(test.kubelet, "m7g.large"))
		warnings := fmt.Sprint(p.Warnings)
		if !strings.Contains(warnings, test.warning) || test.warning == "" && strings.Contains(warnings, path) {
			t.Errorf("%+v: warnings %s, want %s", test.kubelet, warnings, test.warning)
		}
	}
}
