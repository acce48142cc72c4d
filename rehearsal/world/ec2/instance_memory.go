package ec2

import (
	"strconv"
	"strings"
	"sync"
)

// memoryTable has the GiB for each vCPU by family, and of the types that differ from their family
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html, read in November 2026).
const memoryTable = `
1: t2.micro
0.25: t3.nano t3a.nano t4g.nano
0.613: t1
0.5: t2.nano t3.micro t3a.micro t4g.micro
1: t3.small t3a.small t4g.small
2: t2.small t2.medium t3.medium t3a.medium t4g.medium
2: a1 c5 c5a c5ad c5d c6a c6g c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i c7i-flex c8a c8g c8gb c8gd c8gn c8i c8i-flex c8ib c8id c8in c8ine c9g c9gd g5g inf1
2.625: c5n
2.6666666666666665: c5n.9xlarge c5n.18xlarge c5n.metal
4: m5 m5a m5ad m5d m5dn m5n m5zn m6a m6g m6gd m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex m8a m8azn m8g m8gb m8gd m8gn m8i m8i-flex m8ib m8id m8idb m8idn m8in m8ine m9g m9gd
4: d3en g4ad g4dn g5 g6 g6f g7 g7e im4gn inf2 t2 t3 t3a t4g trn1 trn1n
6: is4gen
7.625: d2 i3 p3
6.777777777777778: d2.8xlarge
8: d3 g6e gr6 gr6f i3en i4g i4i i7i i7ie i8g i8ge p3dn r5 r5a r5ad r5b r5d r5dn r5n r6a r6g r6gd r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz
8: r8a r8g r8gb r8gd r8gn r8i r8i-flex r8ib r8id r8idb r8idn r8in z1d
10.666666666666666: p5 p5e p5en p6-b200 trn2
12: p4d p4de
15.25: x1
16: x2gd x2idn x8g x8i p5.4xlarge
21.333333333333332: p6-b300
30.5: x1e
32: x2iedn x2iezn x8aedz
`

var memoryRatios = sync.OnceValue(func() map[string]float64 {
	ratios := map[string]float64{}
	for line := range strings.Lines(strings.TrimSpace(memoryTable)) {
		ratio, names, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for _, name := range strings.Fields(names) {
			ratios[name], _ = strconv.ParseFloat(ratio, 64)
		}
	}
	return ratios
})

// memoryOf returns a type's memory in MiB.
func memoryOf(family, size string, cpus int) int {
	ratio, differs := memoryRatios()[family+"."+size]
	if !differs {
		ratio = memoryRatios()[family]
	}
	return int(ratio*float64(cpus)*1024 + 0.5)
}

// CapacityMiB returns the memory that the kubelet reports as the capacity of a node: hypervisor and kernel use about
// 7.5% of the instance's memory (the estimate of https://karpenter.sh/docs/reference/settings).
func (t InstanceType) CapacityMiB() int { return t.Memory - t.Memory*75/1000 }

// ReservedMiB returns the memory that an image of EKS reserves for the kubelet: 255 MiB and 11 for each pod. AL2023
// counts the pods that the interfaces' addresses allow, Bottlerocket those of the kubelet's limit
// (https://github.com/awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go;
// https://github.com/bottlerocket-os/bottlerocket/issues/4472).
func (t InstanceType) ReservedMiB(image string, maxPods int) int {
	pods := t.Interfaces*(t.Addresses-1) + 2
	if strings.HasPrefix(image, "BOTTLEROCKET_") {
		pods = maxPods
	}
	return 255 + 11*pods
}

// AllocatableMiB returns the memory of a node that pods may request with the settings of its image, which evicts pods
// below 100 MiB.
func (t InstanceType) AllocatableMiB(image string, maxPods int) int {
	return max(t.CapacityMiB()-t.ReservedMiB(image, maxPods)-100, 0)
}
