package process

import (
	"fmt"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// userChanges are system calls that change owners of files, or users and groups of processes, on all architectures.
// olderUserChanges has those that only the machine's architecture has.
var userChanges = []uint32{
	unix.SYS_FCHOWN, unix.SYS_FCHOWNAT,
	unix.SYS_SETUID, unix.SYS_SETGID, unix.SYS_SETREUID, unix.SYS_SETREGID, unix.SYS_SETRESUID, unix.SYS_SETRESGID,
	unix.SYS_SETGROUPS, unix.SYS_SETFSUID, unix.SYS_SETFSGID,
}

// IgnoreUserChanges makes system calls that change owners, users or groups succeed without an effect, in all threads of
// this process and in the processes that they start, if its user namespace has only one user. There the calls fail
// otherwise, and programs that make them as root, such as nginx and the kubelet, end or report an error. In other user
// namespaces it does nothing.
func IgnoreUserChanges() error {
	single, err := HasOneUser()
	if err != nil || !single {
		return err
	}
	filter, err := bpf.Assemble(userChangeFilter())
	if err != nil {
		return fmt.Errorf("system call filter: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: (*unix.SockFilter)(unsafe.Pointer(&filter[0]))}
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	switch {
	case errno != 0:
		return fmt.Errorf("system call filter: seccomp: %w", errno)
	case thread != 0:
		return fmt.Errorf("system call filter: seccomp: thread %d has another filter", thread)
	}
	return nil
}

// HasOneUser reports whether the user namespace of this process has only one user or one group.
func HasOneUser() (bool, error) {
	for _, path := range []string{"/proc/self/uid_map", "/proc/self/gid_map"} {
		content, err := os.ReadFile(path)
		if err != nil {
			return false, fmt.Errorf("user namespace: %w", err)
		}
		// Each line has the first ID inside, the first ID outside, and the number of IDs.
		if fields := strings.Fields(string(content)); len(fields) == 3 && fields[2] == "1" {
			return true, nil
		}
	}
	return false, nil
}

// userChangeFilter returns a filter for seccomp, whose input is struct seccomp_data.
func userChangeFilter() []bpf.Instruction {
	const number, architecture, size = 0, 4, 4
	calls := append(olderUserChanges, userChanges...)
	count := uint8(len(calls))
	// Numbers of system calls depend on the architecture: those of a 32-bit program are others.
	filter := []bpf.Instruction{
		bpf.LoadAbsolute{Off: architecture, Size: size},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: auditArchitecture, SkipTrue: count + 1},
		bpf.LoadAbsolute{Off: number, Size: size},
	}
	for i, call := range calls {
		filter = append(filter, bpf.JumpIf{Cond: bpf.JumpEqual, Val: call, SkipTrue: count - uint8(i)})
	}
	const success = unix.SECCOMP_RET_ERRNO // with error number 0
	return append(filter, bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}, bpf.RetConstant{Val: success})
}
