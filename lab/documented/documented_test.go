package documented

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOutputHasTheShapeOfTheDocumentIfOnlyGeneratedNamesAndNumbersDiffer(t *testing.T) {
	for documented, output := range map[string]string{
		"shop-647b77dc57-lg8gg   1/1     Running   0          23s   10.10.80.3 ip-10-10-64-5.…": "shop-5f8bfcc59c-kvskt 1/1 Running 2 2m3s 10.10.16.35 ip-10-10-0-6.ap-northeast-2.compute.internal <none> <none>",
		"10.10.16.32 dev eni58f776ee807 scope link":                                             "10.10.16.40 dev enif2db0688a5c scope link",
		"    link/ether ce:be:1a:92:bb:a4 brd ff:ff:ff:ff:ff:ff":                                "link/ether 0a:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff",
		"-A KUBE-SVC-JIMOLIYUOYXKWNAP -m statistic --probability 0.50000000000 …":               "-A KUBE-SVC-PFFNMJ5CXQOSASSM -m statistic --probability 0.33333333349 -j KUBE-SEP",
		"k8s-inside-insidenl-9194260510.elb.ap-northeast-2.amazonaws.com":                       "k8s-inside-insidenl-0a1b2c3d4e.elb.ap-northeast-2.amazonaws.com",
		"packets-964b65bcf-2kqf6 ip-10-40-0-6 ap-northeast-2a":                                  "packets-964b65bcf-x7jrr ip-10-40-64-5 ap-northeast-2b",
		"Flags [P.], … length 28: HTTP":                                                         "Flags [P.], seq 1:29, ack 1, win 502, length 29: HTTP",
		"0x0040:  c000 020a 0a28 2fec 97b8 0050 …":                                              "0x0040:  c000 020a 0a28 dfca a0d7 0050  !.....",
	} {
		if got := Compare([]string{documented}, output); len(got) > 0 {
			t.Errorf("%q and %q: %v", documented, output, got)
		}
	}
}

func TestOutputThatDiffersOtherwiseIsNamed(t *testing.T) {
	for documented, output := range map[string]string{
		"shop   1/1   Running": "shop   0/1   Pending",
		"aws-node 2/2 Running": "aws-node 2/2 Running 0",
		"header with three":    "header with",
		"a\nb":                 "a",
		"a":                    "a\nb",
		"mode: iptables":       "mode: nftables",
		"zone a 2":             "zone b 2",
		"a … c":                "a b",
		"0d0a 5549":            "0d0a QUIT",
	} {
		if got := Compare(strings.Split(documented, "\n"), output); len(got) == 0 {
			t.Errorf("%q and %q have the same shape", documented, output)
		}
	}
	several := []string{"k8s-mynginx2-1a2b3 web", "k8s-game-1a2b3 web"} // the first has the shape of both lines
	if got := Compare(several, "k8s-game-4d5e6 web\nk8s-mynginx2-4d5e6 web"); len(got) > 0 {
		t.Errorf("in another order: %v", got)
	}
	if got := Compare([]string{"a", rest}, "a\nb\nc"); len(got) > 0 {
		t.Errorf("with further lines allowed: %v", got)
	}
	if got := Compare(nil, "anything"); len(got) > 0 {
		t.Errorf("a command without output in the document: %v", got)
	}
}

const document = "text\n$ not a command\n```\n$ for i in 1 2; do\n    echo $i\n  done\n1\n2\n$ true # comment\n```\n<!-- not run: it needs AWS -->\n```\n$ aws\n```\n" +
	"1. item\n\n   ```\n   $ ls\n     a\n   ```\n"

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCommandsOfADocumentAreThoseOfItsCodeBlocks(t *testing.T) {
	got, err := Read(write(t, document))
	if err != nil || len(got) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[0].Text != "for i in 1 2; do\n    echo $i\n  done" || !slices.Equal(got[0].Output, []string{"1", "2"}) {
		t.Errorf("%+v", got[0])
	}
	if got[1].Skipped != "" || got[2].Skipped != "it needs AWS" {
		t.Errorf("%+v", got[1:])
	}
	if got[3].Text != "ls" || !slices.Equal(got[3].Output, []string{"  a"}) {
		t.Errorf("in a list: %+v", got[3])
	}
	if _, err := Read(write(t, "```\n$ true\n")); err == nil {
		t.Error("a code block without end is accepted")
	}
}

func TestADocumentIsFollowedInOneShell(t *testing.T) {
	var out strings.Builder
	dir := t.TempDir()
	text := "```\n$ value=7; cat\n$ echo value $value\nvalue 3\n$ cd /; pwd\n/\n$ pwd\n/\n$ echo no\nyes\n```\n"
	if err := os.WriteFile(filepath.Join(dir, "page.md"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r := &Reader{Root: dir, Out: &out}
	err := r.Follow(t.Context(), "page.md")
	if err == nil || !strings.Contains(err.Error(), "1 of 5") || strings.Count(out.String(), "  ok ") != 4 {
		t.Errorf("%v:\n%s", err, out.String())
	}
}

func TestACommandThatRunsUntilCtrlCIsInterrupted(t *testing.T) {
	s, err := NewSession(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	output, err := s.Run(context.Background(), "echo begin; sleep 100", 300*time.Millisecond)
	if err != nil || !strings.HasPrefix(output, "begin\n") {
		t.Errorf("%q, %v", output, err)
	}
	if output, err := s.Run(context.Background(), "echo next", time.Minute); err != nil || output != "next\n\n" {
		t.Errorf("%q, %v", output, err)
	}
}
