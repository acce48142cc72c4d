// Package output writes the results of commands.
package output

import (
	"bufio"
	"fmt"
	"io"
)

// Write writes a command's result to its standard output. It returns an error if that fails, because a disk is full or
// a pipe is closed.
func Write(stdout io.Writer, write func(out io.Writer)) error {
	out := bufio.NewWriter(stdout)
	write(out)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
