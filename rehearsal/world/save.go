package world

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"eksnet/rehearsal/journal"
	"eksnet/rehearsal/world/store"
)

// Clone returns a copy of the account: changes in one do not affect the other. The copy does not call the observer of
// changes.
func (w *World) Clone() *World {
	w.mu.Lock()
	defer w.mu.Unlock()
	copied := newEmpty(w.Options)
	copied.Options.Changed = nil
	copied.Region, copied.Sequence = w.Region, w.Sequence
	copied.Store, copied.queues = w.Share(), cloneQueues(w.queues)
	if w.Options.Verify {
		copied.Verifier = &store.Verifier{Written: map[store.Key]bool{}, Seen: map[store.Key]string{}}
	}
	return copied
}

// savedFormat is the version of the file format.
const savedFormat = 1

// saved is the content of an account's file.
type saved struct {
	Format   int             `json:"format"`
	Account  string          `json:"account"`
	Endpoint string          `json:"endpoint"`
	Region   string          `json:"region,omitempty"`
	Sequence int             `json:"sequence"`
	Objects  []*store.Object `json:"objects"`
}

// saving is the record of a change in the journal beside the file.
type saving struct {
	Region   string          `json:"region,omitempty"`
	Sequence int             `json:"sequence"`
	Put      []*store.Object `json:"put,omitempty"`
	Drop     []*store.Object `json:"drop,omitempty"` // identities only
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

// JSON returns the account in the format of its file.
func (w *World) JSON() ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.encode()
}

// encode is called with the lock held.
func (w *World) encode() ([]byte, error) {
	raw, err := json.MarshalIndent(saved{savedFormat, w.Options.Account, w.Options.Endpoint, w.Region, w.Sequence, w.All("")}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("account as JSON: %w", err)
	}
	return append(raw, '\n'), nil
}

func (w *World) save() error {
	w.mu.Lock()
	raw, err := w.encode()
	clear(w.Unsaved)
	w.mu.Unlock()
	if err != nil {
		return err
	}
	err = w.file.Compact(raw)
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
	record, err := unsavedRecord(w.Account)
	w.mu.Unlock()
	if err != nil || record == nil {
		return err
	}
	return w.file.Append(json.RawMessage(record))
}

// unsavedRecord returns what changed since the last record, nil for nothing.
func unsavedRecord(w *store.Account) ([]byte, error) {
	if len(w.Unsaved) == 0 {
		return nil, nil
	}
	record := saving{Region: w.Region, Sequence: w.Sequence}
	for k := range w.Unsaved {
		if o := w.Objects[k]; o != nil {
			record.Put = append(record.Put, o)
		} else {
			record.Drop = append(record.Drop, &store.Object{Type: k.Typ, ID: k.ID, Cluster: k.Cluster})
		}
	}
	clear(w.Unsaved)
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

// Load reads an account from a file. The account of the options must be the same; the endpoint is the saved one.
func Load(path string, options store.Options) (*World, error) {
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
	w := newEmpty(options)
	w.Region, w.Sequence = s.Region, s.Sequence
	for i, o := range s.Objects {
		if o == nil || o.Type == "" || o.ID == "" || w.Objects[o.Key()] != nil {
			return nil, fmt.Errorf("account file %s is damaged (object %d has no identity or a duplicate one): remove it to start over", path, i)
		}
		w.Put(o)
	}
	for i, record := range content.Records {
		if err := redo(w.Account, record); err != nil {
			return nil, fmt.Errorf("journal %s is damaged (record %d: %w): remove it and %s to start over", journal.Path(path), i, err, path)
		}
	}
	clear(w.Unsaved)
	w.from = path
	return w, nil
}

var errNoIdentity = errors.New("an object has no identity")

// redo applies the change of a record.
func redo(w *store.Account, record json.RawMessage) error {
	var s saving
	if err := json.Unmarshal(record, &s); err != nil {
		return err
	}
	w.Region, w.Sequence = s.Region, s.Sequence
	for _, o := range s.Put {
		if o == nil || o.Type == "" || o.ID == "" {
			return errNoIdentity
		}
		w.Put(o)
	}
	for _, o := range s.Drop {
		if o == nil {
			return errNoIdentity
		}
		w.Drop(o)
	}
	return nil
}
