package process

import "golang.org/x/sys/unix"

const auditArchitecture = unix.AUDIT_ARCH_AARCH64

// The C library calls fchownat for chown and lchown.
var olderUserChanges []uint32
