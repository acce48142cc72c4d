package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
	"eksnet/plan"
)

func TestThePlanWithoutAZoneSaysWhatIsLeft(t *testing.T) {
	status, out, complaints := eksnet("plan", "local", "-without-zone", "ap-northeast-2a", "-C", root)
	if status != planned || complaints != "" || !strings.HasPrefix(out, "Stack local without zone ap-northeast-2a: survives\n\nPART ") {
		t.Errorf("status %d: %s%s", status, out, complaints)
	}
	for _, want := range []string{"general: 2 of 3 left", "each of ap-northeast-2b, ap-northeast-2c has a NAT gateway of its own"} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in\n%s", want, out)
		}
	}
}

func TestThePlanWithoutAZoneSaysWhatAZonalShiftDoes(t *testing.T) {
	_, out, _ := eksnet("plan", "platform-ap-northeast-2", "-without-zone", "ap-northeast-2a", "-C", root)
	const want = "\nZonal shift: EKS cordons the nodes in the zone and removes their pods from the endpoints of Services"
	if !strings.Contains(out, want) {
		t.Errorf("missing %q in\n%s", want, out)
	}
	if _, out, _ := eksnet("plan", "local", "-without-zone", "ap-northeast-2a", "-C", root); strings.Contains(out, "Zonal shift") {
		t.Errorf("a stack without zonal shift:\n%s", out)
	}
}

func TestTheExitStatusSaysThatAStackDoesNotSurviveAZone(t *testing.T) {
	single := append(slices.Clone(good), `eksnet:addons: {}`)
	single[3] = `eksnet:network: {nat: single, zones: [ap-northeast-2a, ap-northeast-2b]}`
	dir := stackfiletest.Folder(t, root, single...)
	status, out, _ := eksnet("plan", "dev", "-without-zone", "ap-northeast-2a", "-json", "-C", dir)
	var loss plan.ZoneLoss
	if err := json.Unmarshal([]byte(out), &loss); err != nil || status != notLeft || loss.Survives || loss.Zone != "ap-northeast-2a" {
		t.Fatalf("status %d, %v in %s", status, err, out)
	}
	if i := slices.IndexFunc(loss.Parts, func(p plan.ZonePart) bool { return p.Part == plan.EgressPart }); i < 0 || loss.Parts[i].Outcome != plan.Lost || loss.Parts[i].Path != "network.nat" {
		t.Errorf("the parts are %+v", loss.Parts)
	}
	if status, out, _ := eksnet("plan", "dev", "-without-zone", "ap-northeast-2a", "-C", dir); status != notLeft || !strings.HasPrefix(out, "Stack dev without zone ap-northeast-2a: does not survive, or may not\n") {
		t.Errorf("status %d: %s", status, out)
	}
}

func TestAZoneThatIsNotInTheStackFileIsRefused(t *testing.T) {
	for _, test := range []struct {
		options []string
		want    string
	}{
		{[]string{"-without-zone", "ap-northeast-2d"}, `-without-zone: "ap-northeast-2d" is not a zone of the stack; accepted: ap-northeast-2a, ap-northeast-2b, ap-northeast-2c`},
		{[]string{"-without-zone", "ap-northeast-2a", "-svg", "-"}, "-without-zone has no drawing"},
	} {
		status, out, complaints := eksnet(slices.Concat([]string{"plan", "local", "-C", root}, test.options)...)
		if status != misused || out != "" || !strings.Contains(complaints, test.want) {
			t.Errorf("%q: status %d, %s%s", test.options, status, out, complaints)
		}
	}
}
