//go:build !linux

package process

import (
	"context"
	"errors"
	"os"
)

var errLinux = errors.New("the lab runs in a network namespace, which only Linux supports: run it on Linux, or in a Linux container or virtual machine")

// Enter returns an error: only Linux has network namespaces.
func Enter(context.Context, []string, ...*os.File) error { return errLinux }

// SetUpLoopback returns an error: only Linux has network namespaces.
func SetUpLoopback(...string) error { return errLinux }

// CheckNamespaces returns an error: only Linux has network namespaces.
func CheckNamespaces(...string) error { return errLinux }
