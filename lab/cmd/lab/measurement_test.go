//go:build linux

package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFlagsOfRequestsAndHopsMayBeBeforeAndAfterTheWorkload(t *testing.T) {
	for _, c := range []struct {
		args []string
		want measurementArgs
		file string
	}{
		{[]string{"requests", "shop"}, measurementArgs{Command: "requests", Subject: "shop", Count: 100}, ""},
		{[]string{"requests", "shop", "-n", "7", "-svg", "shop.svg"}, measurementArgs{Command: "requests", Subject: "shop", Count: 7}, "shop.svg"},
		{[]string{"requests", "-n=7", "shop"}, measurementArgs{Command: "requests", Subject: "shop", Count: 7}, ""},
		{[]string{"hops", "shop", "-zone", "eu-west-1b"}, measurementArgs{Command: "hops", Subject: "shop", Zone: "eu-west-1b"}, ""},
		{[]string{"hops", "-from", "shop/pod", "http://192.0.2.80"}, measurementArgs{Command: "hops", Subject: "http://192.0.2.80", From: "shop/pod"}, ""},
	} {
		got, file, err := parseMeasurement(c.args)
		if err != nil || got != c.want || file != c.file {
			t.Errorf("%q: %+v, file %q, %v", c.args, got, file, err)
		}
	}
}

func TestWrongArgumentsOfRequestsAndHopsAreReportedWithWhatIsAccepted(t *testing.T) {
	for _, args := range []string{"requests", "requests a b", "requests a -n 0", "requests a -zone b", "hops", "hops a -n 3", "hops a -zone b -from c"} {
		if _, _, err := parseMeasurement(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), "accepted: ") {
			t.Errorf("lab %s: %v", args, err)
		}
	}
}

func TestRequestsNeedARunningLab(t *testing.T) {
	o := &invocation{root: t.TempDir(), stack: "local"}
	status, err := o.runMeasurement(t.Context(), []string{"requests", "shop"})
	if status != statusUsage || err == nil || !strings.Contains(err.Error(), "no lab of stack local with nodes is running") {
		t.Errorf("status %d: %v", status, err)
	}
}

func TestTheSocketOfALabMayBeInAFolderWithALongPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), strings.Repeat("long-", 30))
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	err := atSocket(folder, func(path string) error {
		listener, err := net.Listen("unix", path)
		if err == nil {
			defer listener.Close()
			_, err = net.Dial("unix", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
