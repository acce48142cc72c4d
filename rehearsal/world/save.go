package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"eksnet/rehearsal/journal"
)

// savedFormat is the version of the file format.
const savedFormat = 1

// saved is the content of an account's file.
type saved struct {
	Format   int       `json:"format"`
	Account  string    `json:"account"`
	Endpoint string    `json:"endpoint"`
	Region   string    `json:"region,omitempty"`
	Sequence int       `json:"sequence"`
	Objects  []*Object `json:"objects"`
}

// saving is the record of a change in the journal beside the file.
type saving struct {
	Region   string    `json:"region,omitempty"`
	Sequence int       `json:"sequence"`
	Put      []*Object `json:"put,omitempty"`
	Drop     []*Object `json:"drop,omitempty"` // identities only
}

// Keep makes Save and Record store the account in a file.
func (w *World) Keep(path string) error {
	j, _, err := journal.Open(path)
	if err != nil {
		return fmt.Errorf("account file: %w", err)
	}
	w.saving.Lock()
	w.file, w.onDisk = j, w.from == path
	w.saving.Unlock()
	return nil
}

// Save writes the whole account to its file, as readable JSON. The file is replaced atomically.
func (w *World) Save() error {
	w.saving.Lock()
	defer w.saving.Unlock()
	return w.save()
}

func (w *World) save() error {
	w.mu.Lock()
	raw, err := json.MarshalIndent(saved{savedFormat, w.options.Account, w.options.Endpoint, w.region, w.sequence, w.all("")}, "", "  ")
	clear(w.unsaved)
	w.mu.Unlock()
	if err != nil {
		return fmt.Errorf("account as JSON: %w", err)
	}
	err = w.file.Compact(append(raw, '\n'))
	w.onDisk = err == nil
	return err
}

// Record appends what changed since the last call to the journal of the account's file, or writes the whole account if
// the file is not yet this account's. Records are written one after the other: none is older than the previous one.
func (w *World) Record() error {
	w.saving.Lock()
	defer w.saving.Unlock()
	if !w.onDisk {
		return w.save()
	}
	w.mu.Lock()
	record, err := w.unsavedRecord()
	w.mu.Unlock()
	if err != nil || record == nil {
		return err
	}
	return w.file.Append(json.RawMessage(record))
}

// unsavedRecord returns what changed since the last record, nil for nothing.
func (w *World) unsavedRecord() ([]byte, error) {
	if len(w.unsaved) == 0 {
		return nil, nil
	}
	record := saving{Region: w.region, Sequence: w.sequence}
	for k := range w.unsaved {
		if o := w.objects[k]; o != nil {
			record.Put = append(record.Put, o)
		} else {
			record.Drop = append(record.Drop, &Object{Type: k.typ, ID: k.id, Cluster: k.cluster})
		}
	}
	clear(w.unsaved)
	return json.Marshal(record)
}

// Close closes the account's file. Later changes are not recorded.
func (w *World) Close() error {
	w.saving.Lock()
	defer w.saving.Unlock()
	if w.file == nil {
		return nil
	}
	return w.file.Close()
}

// Endpoint returns the address of clusters' API servers, which never changes.
func (w *World) Endpoint() string { return w.options.Endpoint }

// Load reads an account from a file. The account of the options must be the same; the endpoint is the saved one.
func Load(path string, options Options) (*World, error) {
	content, err := journal.Read(path)
	if err != nil {
		return nil, fmt.Errorf("account file: %w", err)
	}
	if content.Base == nil {
		return nil, fmt.Errorf("account file %s: %w", path, fs.ErrNotExist)
	}
	var s saved
	if err := json.Unmarshal(content.Base, &s); err != nil {
		return nil, fmt.Errorf("account file %s is damaged (%w): remove it to start over", path, err)
	}
	if s.Format != savedFormat {
		return nil, fmt.Errorf("account file %s has format %d and this program reads %d: remove it to start over", path, s.Format, savedFormat)
	}
	if s.Account != options.Account {
		return nil, fmt.Errorf("account file %s is of account %s and not of %s: remove it to start over", path, s.Account, options.Account)
	}
	options.Endpoint = s.Endpoint
	w := New(options)
	w.region, w.sequence = s.Region, s.Sequence
	for i, o := range s.Objects {
		if o == nil || o.Type == "" || o.ID == "" || w.objects[o.key()] != nil {
			return nil, fmt.Errorf("account file %s is damaged (object %d has no identity or a duplicate one): remove it to start over", path, i)
		}
		w.put(o)
	}
	for i, record := range content.Records {
		if err := w.redo(record); err != nil {
			return nil, fmt.Errorf("journal %s is damaged (record %d: %w): remove it and %s to start over", journal.Path(path), i, err, path)
		}
	}
	clear(w.unsaved)
	w.from = path
	return w, nil
}

var errNoIdentity = errors.New("an object has no identity")

// redo applies the change of a record.
func (w *World) redo(record json.RawMessage) error {
	var s saving
	if err := json.Unmarshal(record, &s); err != nil {
		return err
	}
	w.region, w.sequence = s.Region, s.Sequence
	for _, o := range s.Put {
		if o == nil || o.Type == "" || o.ID == "" {
			return errNoIdentity
		}
		w.put(o)
	}
	for _, o := range s.Drop {
		if o == nil {
			return errNoIdentity
		}
		w.drop(o)
	}
	return nil
}
