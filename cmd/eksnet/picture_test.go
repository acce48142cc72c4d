package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eksnet/internal/processor"
	"eksnet/internal/stackfile"
	"eksnet/internal/stackfile/stackfiletest"
)

// drawn reports whether a text is a complete drawing of the stack dev.
func drawn(text string) bool {
	return strings.HasPrefix(text, "<svg ") && strings.HasSuffix(text, "</svg>\n") && strings.Contains(text, "The network of stack dev")
}

func TestTheDrawingIsWrittenToItsFileAndTheTablesArePrinted(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	file := filepath.Join(dir, "network.svg")
	stackfiletest.Write(t, dir, "network.svg", strings.Repeat("previous content ", 10_000))
	status, out, complaints := eksnet("plan", "dev", "-C", dir, "-svg", file)
	if status != planned || complaints != "" || !strings.HasPrefix(out, "Stack dev can be built: ") {
		t.Errorf("status %d: %s%s", status, complaints, out)
	}
	if text, err := os.ReadFile(file); err != nil || !drawn(string(text)) {
		t.Errorf("the file holds %s (%v)", text, err)
	}
}

func TestTheDrawingIsWrittenAloneToStandardOutput(t *testing.T) {
	if status, out, complaints := eksnet("plan", "dev", "-svg", "-", "-C", stackfiletest.Folder(t, root, good...)); status != planned || complaints != "" || !drawn(out) {
		t.Errorf("status %d: %s%s", status, complaints, out)
	}
}

func TestJSONIsPrintedBesideTheDrawing(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	file := filepath.Join(dir, "network.svg")
	status, out, complaints := eksnet("plan", "dev", "-json", "-svg", file, "-C", dir)
	if status != planned || !json.Valid([]byte(out)) {
		t.Errorf("status %d: %s%s", status, complaints, out)
	}
	if text, err := os.ReadFile(file); err != nil || !drawn(string(text)) {
		t.Errorf("the file holds %s (%v)", text, err)
	}
	status, out, complaints = eksnet("plan", "dev", "-json", "-svg", "-", "-C", dir)
	if status != misused || out != "" || !strings.Contains(complaints, "-json and -svg - both write to standard output; name a file for the drawing, such as") {
		t.Errorf("status %d: %s%s", status, complaints, out)
	}
}

func TestADrawingThatCannotBeWrittenIsSaid(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	stackfiletest.Write(t, dir, "file", "")
	for file, want := range map[string]string{
		filepath.Join(dir, "pictures", "dev.svg"): "the directory " + filepath.Join(dir, "pictures") + " does not exist; create it first (mkdir -p",
		filepath.Join(dir, "file", "dev.svg"):     "name a file that can be written, such as network.svg",
		dir:                                       "name a file that can be written, such as network.svg",
	} {
		status, out, complaints := eksnet("plan", "dev", "-C", dir, "-svg", file)
		if status != misused || out != "" || !strings.Contains(complaints, "-svg "+file+": ") || !strings.Contains(complaints, want) {
			t.Errorf("status %d, want %q in %s%s", status, want, complaints, out)
		}
	}
	if status, _, complaints := eksnet("plan", "dev", "-C", dir, "-svg", ""); status != misused || !strings.Contains(complaints, "-svg: no file named; write one, such as network.svg") {
		t.Errorf("status %d: %s", status, complaints)
	}
}

func TestAStackThatCannotBeBuiltLeavesTheDrawingAsItIs(t *testing.T) {
	dir := stackfiletest.Folder(t, root, append([]string{`eksnet:netwrok: {}`}, good...)...)
	stackfiletest.Write(t, dir, "network.svg", "of yesterday")
	if status, _, _ := eksnet("plan", "dev", "-C", dir, "-svg", filepath.Join(dir, "network.svg")); status != misused {
		t.Errorf("status %d", status)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "network.svg")); string(text) != "of yesterday" {
		t.Errorf("the file holds %s", text)
	}
}

func TestEveryCommittedStackIsDrawnWithinASecond(t *testing.T) {
	for _, name := range stackfile.List(root) {
		began := processor.Time()
		if status, out, complaints := eksnet("plan", name, "-C", root, "-svg", "-"); status != planned || !strings.Contains(out, "The network of stack "+name) {
			t.Errorf("%s: status %d: %s", name, status, complaints)
		}
		if took := processor.Time() - began; took > time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}
