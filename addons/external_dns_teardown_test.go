package addons

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// waitForRecords runs the program of the Job with a script in the place of aws, which gets the number of its call as
// $CALL. It returns the output, and whether the Job succeeds.
func waitForRecords(t *testing.T, timeout, aws string) (output string, succeeds bool) {
	t.Helper()
	program, err := filepath.Abs(filepath.Join("charts", "external-dns-teardown", "wait.sh"))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	for name, script := range map[string]string{
		"aws":   "echo \"$*\" >> \"$CALLS\"\nCALL=$(wc -l < \"$CALLS\")\n" + aws,
		"sleep": "true",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("sh", program)
	command.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "CALLS=" + filepath.Join(bin, "calls"), "ZONES=Z1 Z2", "OWNER=dev.eu-north-1", "TIMEOUT=" + timeout}
	said, err := command.CombinedOutput()
	return string(said), err == nil
}

func TestTheJobEndsOnceNoRecordOfTheOwnerRemains(t *testing.T) {
	output, succeeds := waitForRecords(t, "60", `[ "$CALL" -gt 3 ] || echo external-dns-cname.web.example.com.`)
	if !succeeds || output != "no TXT record of dev.eu-north-1 remains\n" {
		t.Errorf("succeeds %t: %s", succeeds, output)
	}
}

func TestTheJobNamesTheRecordsThatRemain(t *testing.T) {
	output, succeeds := waitForRecords(t, "0", `case "$*" in *Z1*) echo external-dns-aaaa.web.example.com.	external-dns-cname.web.example.com. ;; *) echo None ;; esac`)
	if succeeds || !strings.Contains(output, "after 0 seconds hosted zones still have TXT records of dev.eu-north-1:\nZ1: external-dns-aaaa.web.example.com.\nZ1: external-dns-cname.web.example.com.\n") || strings.Contains(output, "Z2") {
		t.Errorf("succeeds %t: %s", succeeds, output)
	}
}

func TestTheJobFailsIfItCannotListRecords(t *testing.T) {
	output, succeeds := waitForRecords(t, "0", `case "$*" in *Z2*) echo AccessDenied; exit 254 ;; esac`)
	if succeeds || !strings.Contains(output, "the records of hosted zones cannot be listed:\nZ2: AccessDenied") {
		t.Errorf("succeeds %t: %s", succeeds, output)
	}
}

func TestTheJobListsTheRecordsOfItsOwnerOnly(t *testing.T) {
	output, _ := waitForRecords(t, "0", `echo "$*" >&2; exit 1`)
	for _, part := range []string{"--hosted-zone-id Z1", "--hosted-zone-id Z2", "external-dns/owner=dev.eu-north-1,", `external-dns/owner=dev.eu-north-1"`} {
		if !strings.Contains(output, part) {
			t.Errorf("%s is not in the calls: %s", part, output)
		}
	}
}
