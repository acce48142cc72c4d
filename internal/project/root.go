// Package project finds the checkout that a command runs in.
package project

import (
	"fmt"
	"os"
	"path/filepath"
)

// Root is the nearest folder upwards that holds Pulumi.yaml.
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
			return "", fmt.Errorf("no Pulumi.yaml in %s or above", here)
		}
	}
}
