package journal_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"eksnet/rehearsal/journal"
)

func TestAFullDiskLosesNothingThatWasAppended(t *testing.T) {
	// The limit on the size of a file applies to the process, and the go command's log of the test has to grow.
	if os.Getenv("JOURNAL_LIMITED") == "" {
		limited := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		limited.Env = append(os.Environ(), "JOURNAL_LIMITED=1")
		if out, err := limited.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	for room := range uint64(170) { // within the header, a record, and the announcement of a base
		base := filepath.Join(t.TempDir(), "state.json")
		rewrite(t, base, []byte("old"))
		j := open(t, base, journal.Content{Base: []byte("old")})
		kept := journal.Content{Base: []byte("old")}
		lift := limitFiles(t, room)
		var first error
		for i := range 10 {
			err := j.Append(i)
			switch {
			case err == nil && first != nil:
				t.Fatalf("with %d bytes: record %d follows a gap", room, i)
			case err == nil:
				kept.Records = append(kept.Records, text(t, i))
			case first == nil:
				first = err
			case err != first:
				t.Fatalf("with %d bytes: another error, %v", room, err)
			}
		}
		if first == nil || !strings.Contains(first.Error(), journal.Path(base)) {
			t.Fatalf("with %d bytes: the error is %v", room, first)
		}
		read(t, base, kept)
		if err := j.Compact(make([]byte, 400)); err == nil {
			t.Fatalf("with %d bytes: a base of 400 was written", room)
		}
		read(t, base, kept)
		if err := j.Compact([]byte("new")); err == nil { // the base may fit where the line that announces it does not
			kept = journal.Content{Base: []byte("new")}
		}
		lift()
		read(t, base, kept)
		must(t, j.Compact([]byte("newer")))
		must(t, j.Append("after"))
		must(t, j.Close())
		must(t, open(t, base, journal.Content{Base: []byte("newer"), Records: []json.RawMessage{text(t, "after")}}).Close())
	}
}

func TestTheErrorOfAFullDiskIsOneLine(t *testing.T) {
	base := filepath.Join(t.TempDir(), "state.json")
	j := open(t, base, journal.Content{})
	must(t, os.Symlink("/dev/full", journal.Path(base)))
	if err := j.Append("one"); err == nil || !strings.Contains(err.Error(), "no space left on device") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %v", err)
	}
}

// limitFiles limits the size of files, so that a write beyond it fails as on a full disk.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: math.MaxUint64}))
	return func() {
		must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: math.MaxUint64, Max: math.MaxUint64}))
	}
}

func TestAKilledProcessLosesNoRecordThatWasAppended(t *testing.T) {
	base := filepath.Join(t.TempDir(), "state.json")
	last := 0
	for round := range 25 {
		acknowledged := runCounter(t, base, last, time.Duration(round)*time.Millisecond)
		content, err := journal.Read(base)
		must(t, err)
		kept := number(t, content.Base)
		for _, record := range content.Records {
			if next := number(t, record); next != kept+1 {
				t.Fatalf("record %d follows %d", next, kept)
			}
			kept++
		}
		if kept < acknowledged {
			t.Fatalf("%d was appended and the last record is %d", acknowledged, kept)
		}
		last = kept
	}
	if last < 25 {
		t.Errorf("the processes appended %d records", last)
	}
}

// runCounter starts a process that counts up from a number, kills it after a while, and returns the last number that it
// appended.
func runCounter(t *testing.T, base string, last int, after time.Duration) int {
	t.Helper()
	count := exec.Command(os.Args[0], "-test.run=^TestCount$")
	count.Env = append(os.Environ(), "JOURNAL_BASE="+base, "JOURNAL_LAST="+strconv.Itoa(last))
	out, err := count.StdoutPipe()
	must(t, err)
	must(t, count.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		must(t, err)
		if last == n-1 && after > 0 {
			time.AfterFunc(after, func() { _ = count.Process.Kill() })
			after = 0
		}
		last = n
		if n%1000 == 0 {
			_ = count.Process.Kill()
		}
	}
	_ = count.Process.Kill()
	_ = count.Wait()
	return last
}

// TestCount is the process that counted kills: it appends numbers, and compacts after each seventh.
func TestCount(t *testing.T) {
	base := os.Getenv("JOURNAL_BASE")
	if base == "" {
		t.Skip("runs in a separate process")
	}
	j, _, err := journal.Open(base)
	must(t, err)
	n, err := strconv.Atoi(os.Getenv("JOURNAL_LAST"))
	must(t, err)
	for {
		n++
		must(t, j.Append(n))
		if n%7 == 0 {
			must(t, j.Compact([]byte(strconv.Itoa(n))))
		}
		fmt.Println(n)
	}
}

func number(t *testing.T, text []byte) int {
	t.Helper()
	if text == nil {
		return 0
	}
	n, err := strconv.Atoi(string(text))
	must(t, err)
	return n
}
