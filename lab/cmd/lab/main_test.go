//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAUsageErrorIsOneLine(t *testing.T) {
	for args, want := range map[string]string{"-dance": "not defined: -dance; see lab -h", "now": `unexpected argument "now"; see lab -h`, "-aws-port x": `invalid value "x"`, "-stack": "needs an argument",
		"-stack ../local": "-stack ../local: accepted: NAME as in Pulumi.NAME.yaml", "-stack .. node n1": "-stack ..: accepted", "-nodes dance": "accepted: run, simulate", "-nodes run -up": "-nodes run excludes -aws, -up",
		"-interrupted": "requires -up", "-compare dance": "accepted: life, changes, failures", "-aws -test": "-aws excludes -test", "-aws -up": "-aws excludes -test", "-aws -interrupted": "requires -up", "-accept -up": "-accept excludes -up and -compare", "-nodes run -accept": "-nodes run excludes -aws, -up",
		"-paths -stack local": "-paths has a stack of its own", "-paths -nodes simulate": "-paths has a stack of its own", "-paths -test": "-paths has a stack of its own",
		"-proxy-mode ipvs": "accepted: iptables, nftables"} {
		_, err := parse(strings.Fields(args))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("lab %s: %v, want %s", args, err, want)
		}
	}
}

func TestARehearsalIsReusedUntilOneOfItsSourcesChanges(t *testing.T) {
	o := &invocation{root: t.TempDir(), stack: "local"}
	sources := []string{"Pulumi.yaml", "Pulumi.local.yaml", "bin/rehearse", "bin/eksnet"}
	write := func(name string, age time.Duration) {
		t.Helper()
		file := name
		if !filepath.IsAbs(name) {
			file = filepath.Join(o.root, name)
		}
		when := time.Now().Add(-age)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, nil, 0o644), os.Chtimes(file, when, when)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range sources {
		write(name, time.Hour)
	}
	if o.isRehearsed() {
		t.Fatal("a rehearsal is reported before there is one")
	}
	write(o.plan(), time.Minute)
	if !o.isRehearsed() {
		t.Error("the rehearsal is not reused although no source has changed")
	}
	for _, name := range sources {
		write(name, 0)
		if o.isRehearsed() {
			t.Errorf("the rehearsal is reused although %s has changed", name)
		}
		write(name, time.Hour)
	}
}

func TestTheStackOfTheRowsIsAProjectOfItsOwn(t *testing.T) {
	o, err := parse([]string{"-paths"})
	if err != nil || o.stack != rowsStack || !o.wantsNodes() || o.isListening() {
		t.Fatalf("%+v, %v", o, err)
	}
	o.root = t.TempDir()
	if err := os.WriteFile(filepath.Join(o.root, "Pulumi.yaml"), []byte("name: eksnet\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // again in the same folder
		if err := o.writeRowsStack(); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"Pulumi.yaml": "name: eksnet", "Pulumi.paths.yaml": "nlb-ip-tcp"} {
		if text, err := os.ReadFile(filepath.Join(o.project(), name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
	if _, err := os.Stat(filepath.Join(o.root, "Pulumi.paths.yaml")); err == nil {
		t.Error("the stack file is in the folder of the committed ones")
	}
}

func TestASecondLabOfTheSameStackIsRefused(t *testing.T) {
	o := &invocation{root: t.TempDir(), stack: "local"}
	unlock, err := o.lockStack()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.lockStack(); err == nil || !strings.Contains(err.Error(), "a lab of stack local is already running") {
		t.Error(err)
	}
	unlock()
	if unlock, err = o.lockStack(); err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestTheErrorForAMissingProgramNamesTheCommandThatBuildsIt(t *testing.T) {
	o := &invocation{root: t.TempDir(), stack: "local"}
	if err := o.rehearse(t.Context()); err == nil || !strings.Contains(err.Error(), "make lab builds it") {
		t.Error(err)
	}
}

func TestARehearsalInTheLabNeedsItsStackFileAndItsProgram(t *testing.T) {
	o := &invocation{root: t.TempDir(), stack: "local", up: true}
	check := func(want string) {
		t.Helper()
		if err := o.checkFollowed(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %s", err, want)
		}
	}
	check(`no stack "local"`)
	if err := os.WriteFile(filepath.Join(o.root, "Pulumi.local.yaml"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	check("make lab-up builds it")
	o.up, o.compared = false, "life"
	check("make lab-compare builds it")
	o.compared = ""
	if err := o.checkFollowed(); err != nil {
		t.Error(err)
	}
}

func TestATriggerIsPulledByALineInPieces(t *testing.T) {
	pulled := 0
	trigger := &trigger{line: "up … 75 resources", pull: func() { pulled++ }}
	for _, text := range []string{"up … 50 resources\n", "up … 7", "5 reso", "urces\n"} {
		if pulled > 0 {
			t.Fatalf("pulled before the line is complete, at %q", text)
		}
		_, _ = trigger.Write([]byte(text))
	}
	if pulled == 0 {
		t.Error("the line was not noticed")
	}
}

func TestWithoutTerraformNothingIsCheckedAndThatIsNoFailure(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	o := &invocation{root: t.TempDir(), stack: "local", aws: true}
	if status, err := o.runOutside(t.Context()); status != statusOK || err != nil {
		t.Errorf("status %d, %v", status, err)
	}
	if status, err := printSkipped(errors.New("disk full")); status != statusFailed || err == nil {
		t.Errorf("another error: status %d, %v", status, err)
	}
}

func TestAStackFileThatTheLabCannotFollowIsRefused(t *testing.T) {
	for content, want := range map[string]string{
		"config: {aws:region: eu-west-1, eksnet:cluster: {endpoint: {private: true}}}":                                    "",
		"config:\n  aws:region: cn-north-1\n":                                                                             "aws:region: cn-north-1",
		"config:\n  aws:region: us-gov-east-1\n":                                                                          "aws:region: us-gov-east-1",
		"config:\n  aws:region: eu-west-1\n  eksnet:cluster:\n    endpoint: {private: true, proxy: socks5://localhost}\n": "cluster.endpoint.proxy: socks5://localhost",
		"config:\n  eksnet:addons:\n    loadBalancerController: {chart: oci://example.com/chart}\n":                       "addons.loadBalancerController.chart: oci://",
	} {
		file := filepath.Join(t.TempDir(), "Pulumi.local.yaml")
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		err := checkStackFile(file)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file)) {
			t.Errorf("%s: %v", content, err)
		}
	}
}
