package cri

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// changeIdentity makes user, groups and capabilities of this thread those of the container's process.
func (p processSpec) changeIdentity() error {
	for number := range capabilityNames {
		if p.Capabilities&(1<<number) == 0 {
			err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(number), 0, 0, 0)
			if err != nil && err != unix.EINVAL { // EINVAL: an older kernel has fewer
				return fmt.Errorf("capability %s: %w", capabilityNames[number], err)
			}
		}
	}
	// In a user namespace with one user the calls have no effect (process.IgnoreUserChanges).
	if err := p.changeIDs(); err != nil {
		return err
	}
	if p.NoNewPrivs {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return fmt.Errorf("no_new_privs: %w", err)
		}
	}
	return nil
}

func (p processSpec) changeIDs() error {
	if err := syscall.Setgroups(p.Groups); err != nil {
		return fmt.Errorf("supplemental groups %v: %w", p.Groups, err)
	}
	if err := syscall.Setgid(p.Group); err != nil {
		return fmt.Errorf("group %d: %w", p.Group, err)
	}
	if err := syscall.Setuid(p.User); err != nil {
		return fmt.Errorf("user %d: %w", p.User, err)
	}
	return nil
}
