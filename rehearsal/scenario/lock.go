package scenario

import (
	"fmt"
	"os"
	"syscall"
)

// lockFile prevents two rehearsals of one stack from using the same files. The kernel releases the lock when the
// process ends for any reason.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("another rehearsal of this stack is running (%s is locked): wait for it to end", path)
	}
	return file, nil
}
