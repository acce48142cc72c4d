package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTheLabRunsIfTimeAndMachineAllowIt(t *testing.T) {
	able := func() error { return nil }
	unable := func() error { return errors.New("this machine does not allow a\nnetwork namespace") }
	for _, c := range []struct {
		left   time.Duration
		built  bool
		lacks  func() error
		runs   bool
		reason string
	}{
		{40 * time.Minute, false, able, true, "must be compiled, and 40m0s are left"},
		{25 * time.Minute, false, able, true, "25m0s are left"},
		{25*time.Minute - time.Second, false, able, false, "must be compiled, which needs 25m0s, and 24m59s are left"},
		{24 * time.Minute, true, able, true, "are compiled, and 24m0s are left"},
		{5 * time.Minute, true, able, true, "5m0s are left"},
		{4 * time.Minute, true, able, false, "are compiled, which needs 5m0s, and 4m0s are left"},
		{-time.Hour, false, able, false, "0s are left"},
		{time.Hour, true, unable, false, "this machine does not allow a network namespace"},
		{time.Hour, false, unable, false, "this machine does not allow a network namespace"},
	} {
		ok, reason := decide(c.left, c.built, c.lacks)
		if ok != c.runs || !strings.Contains(reason, c.reason) || strings.Contains(reason, "\n") {
			t.Errorf("with %s left, built %v: %v, %q, want %v, %q", c.left, c.built, ok, reason, c.runs, c.reason)
		}
	}
}

func TestTheMachineIsCheckedOnlyIfTheTimeSuffices(t *testing.T) {
	decide(time.Minute, true, func() error { t.Error("the machine is checked"); return nil })
}
