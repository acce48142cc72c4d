package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// standardOutput is the name of a file that is none.
const standardOutput = "-"

// writePicture writes a drawing to the file that -svg names, and replaces an existing one.
func writePicture(svg []byte, file string, out io.Writer) error {
	if file == standardOutput {
		_, err := out.Write(svg)
		return err
	}
	err := os.WriteFile(file, svg, 0o644)
	if errors.Is(err, fs.ErrNotExist) {
		dir := filepath.Dir(file)
		return fmt.Errorf("-svg %s: the directory %s does not exist; create it first (mkdir -p %[2]s) or name a file elsewhere", file, dir)
	}
	if err != nil {
		return fmt.Errorf("-svg %s: %w; name a file that can be written, such as network.svg", file, err)
	}
	return nil
}
