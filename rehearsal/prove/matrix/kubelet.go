package matrix

import (
	"fmt"

	"eksnet/rehearsal/changes"
)

// kubeletChanges change what the kubelet reserves and when it evicts pods: each is in the user data of nodes.
var kubeletChanges = []Row{
	kubeletRow("kubeReserved.cpu", "added", LocalStack, setKey("nodeGroups.general.kubelet", "{kubeReserved: {cpu: 100m}}")),
	kubeletRow("kubeReserved.cpu", "changed", platformStack, setKey("nodeGroups.general.kubelet.kubeReserved.cpu", "300m")),
	kubeletRow("kubeReserved.cpu", "removed", platformStack, dropKey("nodeGroups.general.kubelet.kubeReserved.cpu")),
	kubeletRow("kubeReserved.memory", "added", LocalStack, setKey("nodeGroups.general.kubelet", "{kubeReserved: {memory: 1Gi}}")),
	kubeletRow("kubeReserved.memory", "changed", platformStack, setKey("nodeGroups.general.kubelet.kubeReserved.memory", "800Mi")),
	kubeletRow("kubeReserved.memory", "removed", platformStack, dropKey("nodeGroups.general.kubelet.kubeReserved.memory")),
	kubeletRow("kubeReserved.ephemeralStorage", "added", LocalStack, setKey("nodeGroups.general.kubelet", "{kubeReserved: {ephemeralStorage: 2Gi}}")),
	kubeletRow("kubeReserved.ephemeralStorage", "removed", platformStack, dropKey("nodeGroups.general.kubelet.kubeReserved.ephemeralStorage")),
	kubeletRow("systemReserved.cpu", "added", LocalStack, setKey("nodeGroups.general.kubelet", "{systemReserved: {cpu: 100m}}")),
	kubeletRow("systemReserved.cpu", "removed", platformStack, dropKey("nodeGroups.general.kubelet.systemReserved.cpu")),
	kubeletRow("systemReserved.memory", "added", LocalStack, setKey("nodeGroups.general.kubelet", "{systemReserved: {memory: 200Mi}}")),
	kubeletRow("systemReserved.memory", "changed", platformStack, setKey("nodeGroups.general.kubelet.systemReserved.memory", "1Gi")),
	{
		Key: "nodeGroups.<name>.kubelet.systemReserved.memory", Change: "all that a node has", Stack: platformStack,
		Edits:   edits{setKey("nodeGroups.general.kubelet.systemReserved.memory", "8Gi")},
		Refused: `nodeGroups["general"].kubelet: 9595 MiB of memory are reserved or kept free by evictions, and m7g.large has 7578 MiB`,
	},
	kubeletRow("systemReserved.ephemeralStorage", "added", LocalStack, setKey("nodeGroups.general.kubelet", "{systemReserved: {ephemeralStorage: 1Gi}}")),
	kubeletRow("systemReserved.ephemeralStorage", "removed", platformStack, dropKey("nodeGroups.general.kubelet.systemReserved.ephemeralStorage")),
	kubeletRow("evictionHard", "added", LocalStack, setKey("nodeGroups.general.kubelet", "{evictionHard: {memory.available: 5%}}")),
	kubeletRow("evictionHard", "changed", platformStack, setKey("nodeGroups.general.kubelet.evictionHard", "{memory.available: 500Mi, pid.available: 10%}")),
	kubeletRow("evictionHard", "removed", platformStack, dropKey("nodeGroups.general.kubelet.evictionHard")),
}

// kubeletRow returns the row of a change of a group's kubelet settings, which a new version of its launch template has.
func kubeletRow(key, change, stack string, edit changes.Edit) Row {
	name := map[string]string{LocalStack: "local", platformStack: "platform"}[stack]
	return Row{
		Key: "nodeGroups.<name>.kubelet." + key, Change: change, Stack: stack,
		Edits: edits{edit},
		Want: fmt.Sprintf(`
			update LaunchTemplate %s-general (userData)
			update NodeGroup %s-general (launchTemplate.version)`, name, name),
	}
}
