// Package output writes the result of a command.
package output

import (
	"bufio"
	"fmt"
	"io"
)

// Write writes a command's result to its standard output. A result that does not arrive there, because a disk is full or a pipe is
// closed, is an error.
func Write(stdout io.Writer, write func(out io.Writer)) error {
	out := bufio.NewWriter(stdout)
	write(out)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}
