package processor

import (
	"os"
	"runtime/debug"
)

// memoryForTime is the garbage collector's target in percent of the memory in use. In a rehearsal of 2,215 resources
// the collector takes a fifth of the processor time with Go's default of 100, and a seventh with 200. The peak of
// memory grows from 1.2 GB to between 1.6 and 2.1 GB; that of stack local from 340 to 350 MB.
const memoryForTime = 200

// CollectLessOften makes the garbage collector of a command that runs briefly start less often. The environment
// variable GOGC takes precedence.
func CollectLessOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(memoryForTime)
	}
}
