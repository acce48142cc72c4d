package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"path/filepath"
)

// line is one line of a journal: eight digits of checksum, a space, and one of these as a JSON object. The checksum of
// a line covers the line before it, so that a missing or repeated line is detected like a changed one.
type line struct {
	// Base is in the first line: the checksum of the base file that the records follow.
	Base *string `json:"base,omitempty"`
	// Record is the argument of Append.
	Record json.RawMessage `json:"record,omitempty"`
	// Compacted is the checksum of a base file that includes the records so far.
	Compacted *string `json:"compacted,omitempty"`
}

const prefix = len("01234567 ")

var crcTable = crc32.MakeTable(crc32.Castagnoli)

// appendTo appends the line to text; chain is the checksum of the line before it.
func (l line) appendTo(text []byte, chain uint32) ([]byte, uint32) {
	object, err := json.Marshal(l)
	if err != nil {
		panic(err) // Append has marshalled the record
	}
	chain = crc32.Update(chain, crcTable, object)
	return append(append(fmt.Appendf(text, "%08x ", chain), object...), '\n'), chain
}

// parsed is the result of reading a journal.
type parsed struct {
	content   Content
	sum       string // of the base
	size      int64  // of the complete lines
	chain     uint32 // checksum of the last of them
	compacted bool   // whether the base includes the records

	first, last line
	path        string
}

// parse reads the complete lines of a journal. The last one is incomplete if a process was killed while it wrote.
func parse(path string, text []byte) (parsed, error) {
	p := parsed{path: path}
	for number := 1; ; number++ {
		current, rest, complete := bytes.Cut(text, []byte{'\n'})
		if !complete {
			return p, nil
		}
		if err := p.add(current, number); err != nil {
			return p, fmt.Errorf("%s: line %d is damaged (%w); restore the file, or remove the folder %s to start over",
				path, number, err, filepath.Dir(path))
		}
		p.size += int64(len(current) + 1)
		text = rest
	}
}

func (p *parsed) add(text []byte, number int) error {
	if len(text) < prefix {
		return errors.New("it has no checksum")
	}
	p.chain = crc32.Update(p.chain, crcTable, text[prefix:])
	if want := fmt.Sprintf("%08x ", p.chain); want != string(text[:prefix]) {
		return fmt.Errorf("its checksum is %q and its content has %q", text[:prefix-1], want[:prefix-1])
	}
	p.last = line{}
	if err := json.Unmarshal(text[prefix:], &p.last); err != nil {
		return err
	}
	switch {
	case number == 1 && p.last.Base == nil:
		return errors.New("it has no checksum of a base")
	case number == 1:
		p.first = p.last
	case p.last.Record != nil:
		p.content.Records = append(p.content.Records, p.last.Record)
	}
	return nil
}

var errMismatch = errors.New("it is not the file that the journal belongs to")

// after checks whether the journal's records follow the base, or are already included in it.
func (p parsed) after(path string, base []byte) (parsed, error) {
	p.content.Base, p.sum = base, checksum(base)
	switch {
	case p.last.Compacted != nil && *p.last.Compacted == p.sum:
		p.content.Records, p.compacted = nil, true
	case len(p.content.Records) == 0:
		p.compacted = true
	case *p.first.Base != p.sum:
		return parsed{}, fmt.Errorf("%s: %w: %s has %d changes of another one; restore it, remove %[3]s to continue without them, or remove the folder %[5]s to start over",
			path, errMismatch, p.path, len(p.content.Records), filepath.Dir(path))
	}
	return p, nil
}

// checksum returns the checksum of a base file, "none" for one that does not exist.
func checksum(base []byte) string {
	if base == nil {
		return "none"
	}
	sum := sha256.Sum256(base)
	return hex.EncodeToString(sum[:])
}
