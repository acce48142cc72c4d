// Package journal stores a file that changes often: a base file that is written as a whole, and beside it a journal of
// the records since then, each appended with one write.
package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Content is what a base file and its journal hold.
type Content struct {
	// Base is the content of the base file, nil where there is none.
	Base []byte
	// Records are the records appended since the base was written.
	Records []json.RawMessage
}

// Journal appends records beside a base file. One process at a time may have it open; its methods may be called from
// several goroutines.
type Journal struct {
	base string

	mu    sync.Mutex
	sum   string   // of the base that the records follow
	file  *os.File // nil until there is a record
	size  int64    // of the complete lines
	chain uint32   // checksum of the last line
	err   error    // of a record that could not be appended
}

// Path returns the path of the journal of a base file: state.journal for state.json.
func Path(base string) string {
	return strings.TrimSuffix(base, filepath.Ext(base)) + ".journal"
}

// Read returns what a base file and its journal hold and changes neither. Another process may have the journal open.
func Read(base string) (Content, error) {
	parsed, err := read(base)
	// A base written between reading the journal and reading the base does not match: both are read again.
	for tries := 0; errors.Is(err, errMismatch) && tries < 3; tries++ {
		parsed, err = read(base)
	}
	return parsed.content, err
}

// Open returns what a base file and its journal hold, and the journal for appending. It removes an incomplete last
// line, which a killed process leaves. Any other damage is an error that says what to do.
func Open(base string) (*Journal, Content, error) {
	parsed, err := read(base)
	if err != nil {
		return nil, Content{}, err
	}
	j := &Journal{base: base, sum: parsed.sum}
	if parsed.size == 0 || parsed.compacted {
		// The header is written with the first record, so a journal without records needs no file.
		if err := os.Remove(Path(base)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, Content{}, err
		}
		return j, parsed.content, nil
	}
	if j.file, err = os.OpenFile(Path(base), os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, Content{}, err
	}
	j.size, j.chain = parsed.size, parsed.chain
	if err := j.file.Truncate(j.size); err != nil {
		return nil, Content{}, errors.Join(err, j.file.Close())
	}
	return j, parsed.content, nil
}

// Append adds a record, which is marshalled as JSON. It is in the file when Append returns. After an error no record
// follows: the records of a file have no gap, and every Append returns the same error until Compact has written a base.
func (j *Journal) Append(record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("%s: %w", Path(j.base), err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = j.append(line{Record: text})
	}
	return j.err
}

// append writes a line, and the header before the first one.
func (j *Journal) append(l line) error {
	var text []byte
	chain := j.chain
	if j.file == nil {
		file, err := os.OpenFile(Path(j.base), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		j.file = file
	}
	if j.size == 0 {
		text, chain = line{Base: &j.sum}.appendTo(nil, 0)
	}
	text, chain = l.appendTo(text, chain)
	if _, err := j.file.Write(text); err != nil {
		return err // a part of the line may be in the file: an incomplete last line, which readers drop
	}
	j.size, j.chain = j.size+int64(len(text)), chain
	return nil
}

// Compact replaces the base file and starts a new journal. The content must include all records, also those for which
// Append returned errors. If the process is killed at any moment, the file holds the old base with all records or the
// new one.
func (j *Journal) Compact(base []byte) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer os.Remove(temporaryPath(j.base))
	if err := writeFile(temporaryPath(j.base), base, 0o600); err != nil {
		return err
	}
	sum := checksum(base)
	if j.size > 0 {
		if err := j.announce(sum); err != nil {
			return err
		}
	}
	if err := os.Rename(temporaryPath(j.base), j.base); err != nil {
		return err
	}
	j.err = j.remove()
	j.sum, j.size, j.chain = sum, 0, 0
	return j.err
}

// announce appends the line that marks the records before it as included in a new base.
func (j *Journal) announce(sum string) error {
	// After a failed append, a part of its line may still be in the file.
	if err := j.file.Truncate(j.size); err != nil {
		return err
	}
	if err := j.append(line{Compacted: &sum}); err != nil {
		return err
	}
	return j.file.Sync()
}

// Close closes the file, and removes it if it has no records.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err == nil {
		j.err = fmt.Errorf("%s: %w", Path(j.base), fs.ErrClosed)
	}
	if j.size == 0 {
		return j.remove()
	}
	return j.file.Close()
}

// remove removes the file. The next record creates another.
func (j *Journal) remove() error {
	if j.file == nil {
		return nil
	}
	err := errors.Join(os.Remove(Path(j.base)), j.file.Close())
	j.file = nil
	return err
}

// WriteFile replaces a file atomically. Only one process at a time may do so.
func WriteFile(path string, content []byte) error {
	defer os.Remove(temporaryPath(path))
	if err := writeFile(temporaryPath(path), content, 0o644); err != nil {
		return err
	}
	return os.Rename(temporaryPath(path), path)
}

// temporaryPath returns the path of the content of a file before it replaces the file.
func temporaryPath(path string) string { return path + ".new" }

// writeFile writes a whole file to the disk.
func writeFile(path string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err = file.Write(content); err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// read reads the journal before the base, so that a base that is replaced in between is detected.
func read(base string) (parsed, error) {
	text, err := readFile(Path(base))
	if err != nil {
		return parsed{}, err
	}
	lines, err := parse(Path(base), text)
	if err != nil {
		return parsed{}, err
	}
	content, err := readFile(base)
	if err != nil {
		return parsed{}, err
	}
	return lines.after(base, content)
}

// readFile returns nil for a file that does not exist.
func readFile(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}
