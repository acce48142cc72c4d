package processor

import (
	"testing"
	"time"
)

// work uses the processor for a while.
func work(d time.Duration) {
	for began := Time(); Time()-began < d; {
	}
}

func TestWorkCountsAndWaitingDoesNot(t *testing.T) {
	if used := Least(3, func() { work(20 * time.Millisecond) }); used < 20*time.Millisecond || used > 200*time.Millisecond {
		t.Errorf("20 ms of work are %s", used)
	}
	if used := Least(3, func() { time.Sleep(50 * time.Millisecond) }); used > 25*time.Millisecond {
		t.Errorf("50 ms of waiting are %s", used)
	}
}

func TestTheLeastOfSeveralRunsCounts(t *testing.T) {
	run := 0
	used := Least(3, func() {
		if run++; run != 2 {
			work(100 * time.Millisecond)
		}
	})
	if run != 3 || used > 50*time.Millisecond {
		t.Errorf("%d runs, %s", run, used)
	}
}
