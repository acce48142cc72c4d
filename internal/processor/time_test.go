package processor

import (
	"testing"
	"time"
)

// burnCPU uses CPU time.
func burnCPU(d time.Duration) {
	for began := Time(); Time()-began < d; {
	}
}

func TestComputingUsesCPUTimeAndWaitingDoesNot(t *testing.T) {
	if used := Least(3, func() { burnCPU(20 * time.Millisecond) }); used < 20*time.Millisecond || used > 200*time.Millisecond {
		t.Errorf("20 ms of computing are %s", used)
	}
	if used := Least(3, func() { time.Sleep(50 * time.Millisecond) }); used > 25*time.Millisecond {
		t.Errorf("50 ms of waiting are %s", used)
	}
}

func TestLeastReturnsTheShortestRun(t *testing.T) {
	run := 0
	used := Least(3, func() {
		if run++; run != 2 {
			burnCPU(100 * time.Millisecond)
		}
	})
	if run != 3 || used > 50*time.Millisecond {
		t.Errorf("%d runs, %s", run, used)
	}
}
