// Package processor measures the CPU time of this process. Tests limit it instead of the elapsed time, which depends on
// the load of the machine.
package processor

import (
	"syscall"
	"time"
)

// Time returns the CPU time that this process has used so far, in user and system mode.
func Time() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Least returns the least CPU time of several runs.
func Least(runs int, do func()) time.Duration {
	least := time.Duration(0)
	for run := range runs {
		began := Time()
		do()
		if used := Time() - began; run == 0 || used < least {
			least = used
		}
	}
	return least
}
