// Package project finds the checkout of a command and checks its stack files.
package project

import (
	"fmt"
	"os"
	"path/filepath"
)

// Root returns the nearest folder that contains Pulumi.yaml, the working directory or a parent of it.
func Root() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no Pulumi.yaml in %s or its parent folders", here)
		}
	}
}
