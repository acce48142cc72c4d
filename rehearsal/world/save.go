package world

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// savedFormat is the version of the form in which worlds are saved; a change of the form changes it.
const savedFormat = 1

// saved is a world as it stands in its file.
type saved struct {
	Format   int       `json:"format"`
	Account  string    `json:"account"`
	Endpoint string    `json:"endpoint"`
	Region   string    `json:"region,omitempty"`
	Sequence int       `json:"sequence"`
	Objects  []*Object `json:"objects"`
}

// Save writes the whole world to a file as readable JSON. The file is replaced at once or not at all, and saves take their turns:
// an older world never replaces a newer one.
func (w *World) Save(path string) error {
	w.saving.Lock()
	defer w.saving.Unlock()
	w.mu.Lock()
	raw, err := json.MarshalIndent(saved{savedFormat, w.options.Account, w.options.Endpoint, w.region, w.sequence, w.all("")}, "", "  ")
	w.mu.Unlock()
	if err != nil {
		return fmt.Errorf("world as JSON: %w", err)
	}
	return replaceFile(path, append(raw, '\n'))
}

// Endpoint is the address that clusters answer on, for the life of the world.
func (w *World) Endpoint() string { return w.options.Endpoint }

// replaceFile writes beside the file and moves the result over it, so that an interrupted write leaves the old one.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("world file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	for _, step := range []func() error{f.Sync, f.Close} {
		if stepErr := step(); err == nil {
			err = stepErr
		}
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("world file %s: %w", path, err)
	}
	return nil
}

// Load reads a world that Save wrote. The options must name its account; its endpoint is the saved one.
func Load(path string, options Options) (*World, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("world file: %w", err)
	}
	var s saved
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("world file %s is damaged (%w): remove it to start afresh", path, err)
	}
	if s.Format != savedFormat {
		return nil, fmt.Errorf("world file %s has format %d and this program reads %d: remove it to start afresh", path, s.Format, savedFormat)
	}
	if s.Account != options.Account {
		return nil, fmt.Errorf("world file %s is of account %s and not of %s: remove it to start afresh", path, s.Account, options.Account)
	}
	options.Endpoint = s.Endpoint
	w := New(options)
	w.region, w.sequence = s.Region, s.Sequence
	for i, o := range s.Objects {
		if o == nil || o.Type == "" || o.ID == "" || w.objects[o.key()] != nil {
			return nil, fmt.Errorf("world file %s is damaged (object %d has no identity of its own): remove it to start afresh", path, i)
		}
		w.put(o)
	}
	return w, nil
}
