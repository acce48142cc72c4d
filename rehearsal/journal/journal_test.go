package journal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eksnet/rehearsal/journal"
)

func TestRecordsAreReadInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		base := filepath.Join(t.TempDir(), "state.json")
		var want journal.Content
		for range rapid.IntRange(1, 4).Draw(rt, "processes") {
			j := open(rt, base, want)
			for range rapid.IntRange(0, 5).Draw(rt, "steps") {
				if rapid.IntRange(0, 4).Draw(rt, "compact") == 0 {
					want = journal.Content{Base: []byte(rapid.String().Draw(rt, "base"))}
					must(rt, j.Compact(want.Base))
					continue
				}
				record := rapid.String().Draw(rt, "record")
				must(rt, j.Append(record))
				want.Records = append(want.Records, text(rt, record))
			}
			must(rt, j.Close())
		}
		must(rt, open(rt, base, want).Close())
	})
}

func TestAJournalCutAnywhereContinuesAfterItsLastCompleteRecord(t *testing.T) {
	base, want := writeJournal(t)
	whole := contentOf(t, journal.Path(base))
	for size := range whole {
		rewrite(t, journal.Path(base), whole[:size])
		kept := journal.Content{Base: want.Base}
		if complete := bytes.Count(whole[:size], []byte("\n")); complete > 1 {
			kept.Records = want.Records[:complete-1]
		}
		j := open(t, base, kept)
		must(t, j.Append("after"))
		must(t, j.Close())
		kept.Records = append(kept.Records[:len(kept.Records):len(kept.Records)], text(t, "after"))
		must(t, open(t, base, kept).Close())
	}
}

func TestAChangedByteIsReportedWithItsLine(t *testing.T) {
	base, _ := writeJournal(t)
	whole := contentOf(t, journal.Path(base))
	for at := range len(whole) - 1 { // without the last newline the last line is an incomplete one
		for bit := range 8 {
			changed := bytes.Clone(whole)
			changed[at] ^= 1 << bit
			rewrite(t, journal.Path(base), changed)
			number := 1 + bytes.Count(whole[:at], []byte("\n"))
			checkDamaged(t, base, number)
		}
	}
}

func TestAMissingOrRepeatedLineIsReported(t *testing.T) {
	base, _ := writeJournal(t)
	lines := bytes.SplitAfter(contentOf(t, journal.Path(base)), []byte("\n"))
	lines = lines[:len(lines)-1]
	for i := range lines {
		if i < len(lines)-1 { // without its last line a journal is valid
			missing := bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil)
			rewrite(t, journal.Path(base), missing)
			checkDamaged(t, base, i+1)
		}
		repeated := bytes.Join(append(append([][]byte{}, lines[:i+1]...), lines[i:]...), nil)
		rewrite(t, journal.Path(base), repeated)
		checkDamaged(t, base, i+2)
	}
}

func TestACompactionIsAtomicWhereverItIsKilled(t *testing.T) {
	base, want := writeJournal(t)
	old, records := contentOf(t, base), contentOf(t, journal.Path(base))
	j := open(t, base, want)
	// The file cannot be replaced by a directory's name, so the compaction ends just before the rename.
	must(t, os.Remove(base))
	must(t, os.Mkdir(base, 0o700))
	if err := j.Compact([]byte("new")); err == nil {
		t.Fatal("a folder was replaced by a file")
	}
	must(t, j.Close())
	must(t, os.Remove(base))
	announced := contentOf(t, journal.Path(base))
	if !bytes.HasPrefix(announced, records) || len(announced) == len(records) {
		t.Fatalf("the journal does not announce the compaction:\n%s", announced)
	}
	for size := len(records); size <= len(announced); size++ { // killed while it writes the announcement
		rewrite(t, base, old)
		rewrite(t, journal.Path(base), announced[:size])
		must(t, open(t, base, want).Close())
	}
	rewrite(t, base, []byte("new")) // killed after the rename
	compacted := journal.Content{Base: []byte("new")}
	read(t, base, compacted)
	j = open(t, base, compacted)
	must(t, j.Append("after"))
	must(t, j.Close())
	compacted.Records = []json.RawMessage{text(t, "after")}
	must(t, open(t, base, compacted).Close())
}

func TestAJournalOfAnotherBaseIsReported(t *testing.T) {
	base, _ := writeJournal(t)
	for _, change := range []func(){
		func() { rewrite(t, base, []byte("older")) },
		func() { must(t, os.Remove(base)) },
	} {
		change()
		_, err := journal.Read(base)
		for _, part := range []string{base, journal.Path(base), "4 changes", "remove", filepath.Dir(base)} {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%v does not name %s", err, part)
			}
		}
	}
	must(t, os.Remove(journal.Path(base)))
	must(t, open(t, base, journal.Content{}).Close())
	rewrite(t, base, []byte("by hand")) // a base without a journal may have any content
	want := journal.Content{Base: []byte("by hand")}
	must(t, open(t, base, want).Close())
}

func TestAnEmptyJournalLeavesNoFile(t *testing.T) {
	base, want := writeJournal(t)
	j := open(t, base, want)
	must(t, j.Compact([]byte("new")))
	must(t, j.Close())
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(base), "*")); len(files) != 1 {
		t.Errorf("left %v", files)
	}
	if err := j.Append("late"); err == nil {
		t.Error("a closed journal accepted a record")
	}
}

// writeJournal returns a base file with a journal of four records.
func writeJournal(t *testing.T) (string, journal.Content) {
	t.Helper()
	base := filepath.Join(t.TempDir(), "state.json")
	j := open(t, base, journal.Content{})
	want := journal.Content{Base: []byte("old")}
	must(t, j.Compact(want.Base))
	for _, record := range []any{"one", map[string]int{"two": 2}, nil, "four\n"} {
		must(t, j.Append(record))
		want.Records = append(want.Records, text(t, record))
	}
	must(t, j.Close())
	return base, want
}

type tester interface {
	Helper()
	Fatalf(format string, values ...any)
}

// open opens a journal and checks its content.
func open(t tester, base string, want journal.Content) *journal.Journal {
	t.Helper()
	read(t, base, want)
	j, content, err := journal.Open(base)
	must(t, err)
	compare(t, content, want)
	return j
}

func read(t tester, base string, want journal.Content) {
	t.Helper()
	content, err := journal.Read(base)
	must(t, err)
	compare(t, content, want)
}

func compare(t tester, got, want journal.Content) {
	t.Helper()
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Fatalf("the content is %q, want %q", got, want)
	}
}

// checkDamaged checks that Read and Open report a line of the journal.
func checkDamaged(t *testing.T, base string, number int) {
	t.Helper()
	_, err := journal.Read(base)
	_, _, opening := journal.Open(base)
	for _, part := range []string{journal.Path(base), fmt.Sprintf("line %d", number), "remove the folder " + filepath.Dir(base)} {
		if err == nil || opening == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
			t.Fatalf("line %d is damaged, and the errors are %v, %v", number, err, opening)
		}
	}
}

func contentOf(t tester, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	must(t, err)
	return content
}

func rewrite(t tester, path string, content []byte) {
	t.Helper()
	must(t, os.WriteFile(path, content, 0o600))
}

func text(t tester, record any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(record)
	must(t, err)
	return raw
}

func must(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
}
