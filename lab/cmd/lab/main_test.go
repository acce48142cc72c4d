package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAWrongCallIsToldInOneLine(t *testing.T) {
	for args, want := range map[string]string{"-dance": "not defined: -dance; see lab -h", "now": `unexpected argument "now"; see lab -h`, "-aws-port x": `invalid value "x"`, "-stack": "needs an argument"} {
		_, err := parse(strings.Fields(args))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("lab %s: %v, want %s", args, err, want)
		}
	}
}

func TestARehearsalIsUsedUntilSomethingThatItIsMadeOfChanges(t *testing.T) {
	o := &order{root: t.TempDir(), stack: "local"}
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
	if o.rehearsed() {
		t.Fatal("there is no rehearsal yet")
	}
	write(o.plan(), time.Minute)
	if !o.rehearsed() {
		t.Error("nothing has changed")
	}
	for _, name := range sources {
		write(name, 0)
		if o.rehearsed() {
			t.Errorf("%s has changed", name)
		}
		write(name, time.Hour)
	}
}

func TestASecondLabOfAStackIsRefused(t *testing.T) {
	o := &order{root: t.TempDir(), stack: "local"}
	unlock, err := o.alone()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.alone(); err == nil || !strings.Contains(err.Error(), "stack local has a lab that runs") {
		t.Error(err)
	}
	unlock()
	if unlock, err = o.alone(); err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestAProgramThatIsNotBuiltIsToldWithWhatBuildsIt(t *testing.T) {
	o := &order{root: t.TempDir(), stack: "local"}
	if err := o.rehearse(t.Context()); err == nil || !strings.Contains(err.Error(), "make lab builds it") {
		t.Error(err)
	}
}
