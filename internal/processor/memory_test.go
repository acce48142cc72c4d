package processor

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

func TestTheTargetFollowsTheMemoryInUse(t *testing.T) {
	before := debug.SetGCPercent(defaultTarget)
	defer debug.SetGCPercent(before)
	watchCollections(defaultTarget)
	wait := func(want int) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
			runtime.GC()
			sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
			if metrics.Read(sample); sample[0].Value.Uint64() == uint64(want) {
				return
			}
		}
		t.Errorf("the target has not become %d", want)
	}
	held := make([]byte, 2*largeHeap)
	wait(largeTarget)
	runtime.KeepAlive(held)
	wait(defaultTarget)
}
