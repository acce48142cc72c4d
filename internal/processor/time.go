// Package processor measures the processor time that this process uses. Tests bound that and not the time that passes, of which a busy machine
// needs any amount.
package processor

import (
	"syscall"
	"time"
)

// Time is what this process has used of the processors so far, in user and system mode.
func Time() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Least is the least processor time of several runs.
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
