package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// kept is a folder that holds what was made of some content.
type kept struct{ dir string }

// keep names the folder kind-HASH of a cache after all that decides what is in it.
func keep(cache, kind string, content ...string) kept {
	sum := sha256.Sum256([]byte(strings.Join(content, "\x00")))
	return kept{filepath.Join(cache, kind+"-"+hex.EncodeToString(sum[:8]))}
}

// mark stands beside what is complete; an interrupted make has none and begins anew.
func (k kept) mark() string { return filepath.Join(k.dir, ".complete") }

func (k kept) complete() bool {
	_, err := os.Stat(k.mark())
	return err == nil
}

// make fills the folder, and removes what was made of other content.
func (k kept) make(fill func(dir string) error) error {
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
	return os.WriteFile(k.mark(), nil, 0o644)
}

// text is the content of a file of a folder.
func text(dir, name string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "", fmt.Errorf("the lab's module: %w", err)
	}
	return string(content), nil
}
