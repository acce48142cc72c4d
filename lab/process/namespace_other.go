//go:build !linux

package process

import (
	"context"
	"errors"
	"os"
)

var errLinux = errors.New("the lab runs in a network namespace, which Linux alone has: run it on Linux, or in a Linux container or virtual machine")

// Enter tells that there is no namespace to enter.
func Enter(context.Context, []string, ...*os.File) error { return errLinux }

// Loopback tells that there is no namespace to enter.
func Loopback(...string) error { return errLinux }

// Possible tells that there is no namespace to enter.
func Possible(...string) error { return errLinux }
