package process

import "golang.org/x/sys/unix"

const auditArchitecture = unix.AUDIT_ARCH_X86_64

var olderUserChanges = []uint32{unix.SYS_CHOWN, unix.SYS_LCHOWN}
