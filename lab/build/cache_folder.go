package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// cacheFolder is a folder for files that are made from some content.
type cacheFolder struct{ dir string }

// newCacheFolder returns the folder kind-HASH of a cache, where HASH is that of the content.
func newCacheFolder(cache, kind string, content ...string) cacheFolder {
	sum := sha256.Sum256([]byte(strings.Join(content, "\x00")))
	return cacheFolder{filepath.Join(cache, kind+"-"+hex.EncodeToString(sum[:8]))}
}

// marker returns the file that marks a complete folder. Without it an interrupted fill starts over.
func (k cacheFolder) marker() string { return filepath.Join(k.dir, ".complete") }

func (k cacheFolder) complete() bool {
	_, err := os.Stat(k.marker())
	return err == nil
}

// create fills the folder, and removes folders of the same kind with other content.
func (k cacheFolder) create(fill func(dir string) error) error {
	cache, name := filepath.Split(k.dir)
	kind, _, _ := strings.Cut(name, "-")
	old, err := filepath.Glob(filepath.Join(cache, kind+"-*"))
	if err != nil {
		return err
	}
	for _, dir := range old {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("cache: %w", err)
		}
	}
	if err := os.MkdirAll(k.dir, 0o755); err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	if err := fill(k.dir); err != nil {
		return err
	}
	return os.WriteFile(k.marker(), nil, 0o644)
}

// readModuleFile returns the content of a file in the lab's module.
func readModuleFile(dir, name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "", fmt.Errorf("the lab's module: %w", err)
	}
	return string(content), nil
}
