package processor

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The garbage collector's target in percent of the memory in use, and the memory from which on it is the higher one. In
// a rehearsal of 2,215 resources the collector takes a fifth of the processor time with Go's default of 100. That of
// stack local has 20 MB in use and would gain nothing.
const (
	defaultTarget = 100
	largeTarget   = 300
	largeHeap     = 128 << 20
)

// CollectLessOften makes the garbage collector start less often while much memory is in use, which takes more memory
// and less time. The environment variable GOGC takes precedence.
func CollectLessOften() {
	if os.Getenv("GOGC") == "" {
		watchCollections(defaultTarget)
	}
}

// watchCollections sets the target after each collection, until the process ends. An object that nothing refers to is
// cleaned up after a collection.
func watchCollections(current int) {
	runtime.AddCleanup(new([64]byte), func(current int) {
		target := targetFor(heapInUse())
		if target != current {
			debug.SetGCPercent(target)
		}
		watchCollections(target)
	}, current)
}

func targetFor(heap uint64) int {
	if heap < largeHeap {
		return defaultTarget
	}
	return largeTarget
}

// heapInUse returns the bytes that the last collection found in use.
func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
