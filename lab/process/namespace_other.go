//go:build !linux

package process

import (
	"context"
	"errors"
	"os"
)

var errLinux = errors.New("the lab runs in a network namespace, which only Linux supports: run it on Linux, or in a Linux container or virtual machine")

// NetworkNamespace is the path of a file that keeps a network namespace, "" for the one of this process.
type NetworkNamespace string

// Do calls a function in the namespace of this process.
func (NetworkNamespace) Do(call func() error) error { return call() }

// Enter returns an error: only Linux has network namespaces.
func Enter(context.Context, []string, ...*os.File) error { return errLinux }

// SetUpLoopback returns an error: only Linux has network namespaces.
func SetUpLoopback(...string) error { return errLinux }

// CheckNamespaces returns an error: only Linux has network namespaces.
func CheckNamespaces(...string) error { return errLinux }
