package main

import (
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
)

func TestAnEncryptedValueIsSaidToBeUnreadable(t *testing.T) {
	secret := "{secure: v1:OAM32YKlpHflPd3Z:YF9gdgc+3ZeRu7QrU5wijBfQUHbA6Q==}"
	dir := stackfiletest.Folder(t, root,
		`aws:region: ap-northeast-2`,
		`aws:allowedAccountIds: `+secret,
		`eksnet:cluster: {name: dev, endpoint: {private: true, proxy: `+secret+`}}`,
		`other:token: `+secret,
	)
	status, out, complaints := eksnet("plan", "dev", "-C", dir)
	if status != misused || out != "" {
		t.Errorf("status %d: %s", status, out)
	}
	for _, want := range []string{"aws:allowedAccountIds: encrypted; only the Pulumi engine can decrypt it: use pulumi preview, or write the value in plain text for eksnet plan", "cluster.endpoint.proxy: encrypted;", "network.zones: 0 zones"} {
		if !strings.Contains(complaints, want) {
			t.Errorf("missing %q in\n%s", want, complaints)
		}
	}
	if strings.Contains(complaints, "token") || strings.Contains(complaints, "allowedAccountIds: missing") {
		t.Errorf("what is not read, or follows from the first, is complained of:\n%s", complaints)
	}
}

func TestAnEncryptedValueThatThePlanDoesNotReadDoesNotMatter(t *testing.T) {
	dir := stackfiletest.Folder(t, root, append([]string{`other:token: {secure: v1:OAM32YKlpHflPd3Z:YF9gdgc+3ZeRu7QrU5wijBfQUHbA6Q==}`}, good...)...)
	if status, _, complaints := eksnet("plan", "dev", "-C", dir); status != planned {
		t.Errorf("status %d: %s", status, complaints)
	}
}

func TestAnEnvironmentOfPulumisCloudIsSaidToBeUnreadable(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	stackfiletest.Write(t, dir, "Pulumi.cloud.yaml", "environment: [shop/dev]\nconfig: {}\n")
	if status, _, complaints := eksnet("plan", "cloud", "-C", dir); status != misused || !strings.Contains(complaints, "environment: a Pulumi ESC environment is in Pulumi Cloud, which a plan does not read; plan a stack file that contains the values, or use pulumi preview") {
		t.Errorf("status %d: %s", status, complaints)
	}
}
