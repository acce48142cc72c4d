package processor

import (
	"os"
	"runtime/debug"
)

// memoryForTime is the garbage collector's target in percent of the memory in use. The collector is a fifth of the
// processor time of a large rehearsal with Go's default of 100, a tenth with 200, for about a third more memory.
const memoryForTime = 200

// CollectLessOften makes the garbage collector of a command that runs briefly start less often. The environment
// variable GOGC takes precedence.
func CollectLessOften() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(memoryForTime)
	}
}
