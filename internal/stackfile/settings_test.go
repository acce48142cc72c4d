package stackfile

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/esc"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"eksnet/internal/stackfile/stackfiletest"
)

const root = "../.."

// byPulumi reads a stack file by Pulumi's own loading.
func byPulumi(t *testing.T, dir, stack string) map[string]string {
	t.Helper()
	project, err := workspace.LoadProject(filepath.Join(dir, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	quiet := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	file, err := workspace.LoadProjectStack(quiet, project, filepath.Join(dir, "Pulumi."+stack+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	err = workspace.ApplyProjectConfig(context.Background(), stack, project, esc.Value{}, file.Config, config.NopEncrypter, config.NopDecrypter)
	if err != nil {
		t.Fatal(err)
	}
	values, err := file.Config.Decrypt(config.NopDecrypter)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{}
	for key, value := range values {
		settings[key.String()] = value
	}
	return settings
}

// byThisCommand reads a stack file as the command does.
func byThisCommand(t *testing.T, dir, stack string) *settings {
	t.Helper()
	p, err := openProject(dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := p.stackFile(stack)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.settings(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func same(t *testing.T, dir, stack string) {
	t.Helper()
	pulumis, ours := byPulumi(t, dir, stack), byThisCommand(t, dir, stack).values
	if maps.Equal(pulumis, ours) {
		return
	}
	for key, want := range pulumis {
		if got, set := ours[key]; !set || got != want {
			t.Errorf("%s: %s is %s, and for Pulumi %s", stack, key, got, want)
		}
	}
	for key := range ours {
		if _, set := pulumis[key]; !set {
			t.Errorf("%s: %s is not there for Pulumi", stack, key)
		}
	}
}

func TestSettingsAreThoseThatPulumiHandsToTheProgram(t *testing.T) {
	for _, stack := range List(root) {
		same(t, root, stack)
	}
	odd := stackfiletest.Folder(t, root,
		`aws:region: ap-northeast-2`,
		`aws:skipRegionValidation: true`,
		`aws:maxRetries: 25`,
		`aws:allowedAccountIds: [000000000000, "012345678901", 0x10, 1_000]`,
		`eksnet:cluster: {version: 1.30, big: 12345678901, day: 2026-11-21, off: no, none: ~, 1: one, true: yes}`,
		`network: {cidr: 10.0.0.0/16, ratio: 1e3, html: "<a> & b", names: [ä, "日本"]}`,
		`eksnet:tags:`,
		`eksnet:workloads: []`,
		`other:key: 1.50`,
	)
	same(t, odd, "dev")
}

func TestTheProjectsDefaultsHoldWhereTheStackFileIsSilent(t *testing.T) {
	dir := stackfiletest.Folder(t, root, `eksnet:tags: {team: shop}`)
	stackfiletest.Write(t, dir, "Pulumi.yaml", `name: eksnet
runtime: go
config:
  aws:region: eu-west-1
  aws:allowedAccountIds: {value: ["111122223333"]}
  addons: {type: object, default: {coreDns: {}}}
  eksnet:tags: {type: object, default: {team: nobody}}
  eksnet:cluster: {type: object, description: no default}
`)
	same(t, dir, "dev")
	s := byThisCommand(t, dir, "dev")
	for key, want := range map[string]string{
		"aws:region": "eu-west-1", "aws:allowedAccountIds": `["111122223333"]`, "eksnet:addons": `{"coreDns":{}}`, "eksnet:tags": `{"team":"shop"}`,
	} {
		if got, _ := s.get(key); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	if len(s.keys) != 1 {
		t.Errorf("the stack file holds %v", s.keys)
	}
}
