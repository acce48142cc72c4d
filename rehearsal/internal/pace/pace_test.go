package pace

import (
	"testing"
	"time"
)

// runSteps returns the steps of n that a proof tries within 100 seconds if each takes the given seconds.
func runSteps(n int, seconds float64) (tried []int, p *Pace) {
	clock := time.Unix(0, 0)
	p = &Pace{within: 100 * time.Second, now: func() time.Time { return clock }}
	for k := range n {
		if p.Tries(k, n) {
			tried = append(tried, k)
			clock = clock.Add(time.Duration(seconds * float64(time.Second)))
		}
	}
	return tried, p
}

func TestAProofTriesEveryStepThatItsTimeAllows(t *testing.T) {
	if tried, p := runSteps(200, 0.4); len(tried) != 200 || p.skipped != 0 {
		t.Errorf("%d of 200 quick steps are tried, %d skipped", len(tried), p.skipped)
	}
}

func TestASlowProofTriesStepsFromTheFirstToTheLast(t *testing.T) {
	tried, p := runSteps(200, 2)
	if len(tried) < 45 || len(tried) > 52 || p.skipped != 200-len(tried) {
		t.Errorf("%d of 200 steps of 2 s are tried in 100 s, %d skipped", len(tried), p.skipped)
	}
	for i := 1; i < len(tried); i++ {
		if tried[i]-tried[i-1] > 7 {
			t.Errorf("between %d and %d no step is tried", tried[i-1], tried[i])
		}
	}
	if last := tried[len(tried)-1]; last < 194 {
		t.Errorf("the last one tried is %d", last)
	}
}

func TestSlowFirstStepsSkipNoneIfThereIsTime(t *testing.T) {
	clock := time.Unix(0, 0)
	p := &Pace{within: 100 * time.Second, now: func() time.Time { return clock }}
	for k := range 200 {
		if !p.Tries(k, 200) {
			t.Fatalf("step %d is skipped after %s", k, clock.Sub(time.Unix(0, 0)))
		}
		clock = clock.Add(200 * time.Millisecond)
		if k < 4 {
			clock = clock.Add(4 * time.Second)
		}
	}
}

func TestAProofWithoutTimeTriesAFewSteps(t *testing.T) {
	if tried, _ := runSteps(200, 1000); len(tried) != minSteps || tried[minSteps-1] < 170 {
		t.Errorf("tried %v", tried)
	}
}

func TestAProofWithoutATimeLimitTriesAllSteps(t *testing.T) {
	p, clock := New(0), time.Unix(0, 0)
	p.now = func() time.Time { clock = clock.Add(time.Hour); return clock }
	for k := range 50 {
		if !p.Tries(k, 50) {
			t.Fatalf("step %d is skipped", k)
		}
	}
}
