package cri

import (
	"strings"

	api "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// capabilityNames are the names of the capabilities, by number (capabilities(7), linux/capability.h).
var capabilityNames = strings.Fields(`CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP
	LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT
	SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE
	AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF
	CHECKPOINT_RESTORE`)

// defaultCapabilities are those of containerd (pkg/oci/spec.go, defaultUnixCaps), without MKNOD: no cgroup limits the
// devices of a container here.
const defaultCapabilities = `CHOWN DAC_OVERRIDE FSETID FOWNER NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE
	SYS_CHROOT KILL AUDIT_WRITE`

const allCapabilities = ^uint64(0)

// keptCapabilities returns the capabilities of a container, one bit each. ALL comes first, then single capabilities, as
// in containerd.
func keptCapabilities(context *api.LinuxContainerSecurityContext) uint64 {
	if context.GetPrivileged() {
		return allCapabilities
	}
	added, dropped := context.GetCapabilities().GetAddCapabilities(), context.GetCapabilities().GetDropCapabilities()
	kept := capabilityBits(strings.Fields(defaultCapabilities))
	if hasAll(added) {
		kept = allCapabilities
	}
	if hasAll(dropped) {
		kept = 0
	}
	return (kept | capabilityBits(added)) &^ capabilityBits(dropped)
}

func hasAll(names []string) bool {
	for _, name := range names {
		if strings.EqualFold(name, "ALL") {
			return true
		}
	}
	return false
}

// capabilityBits returns the bits of capabilities, with or without CAP_ before their names.
func capabilityBits(names []string) (bits uint64) {
	for _, name := range names {
		for number, known := range capabilityNames {
			if strings.TrimPrefix(strings.ToUpper(name), "CAP_") == known {
				bits |= 1 << number
			}
		}
	}
	return bits
}
