package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"eksnet/internal/newstack"
	here "eksnet/internal/project"
	"eksnet/internal/stackfile"
)

// writeStackFile is the command init. It writes no file that plan would refuse.
func (c call) writeStackFile(out io.Writer) error {
	file, err := stackfile.NewFile(c.dir, c.stack)
	if err != nil {
		return err
	}
	text, err := newstack.Text(c.stack, file.Schema, c.file)
	if err != nil {
		return err
	}
	if err := stackfile.Check(c.dir, text); err != nil {
		return fmt.Errorf("nothing is written: %w", err)
	}
	if err := createFile(file.Path, text); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists, and init replaces no file; choose another name, or remove the file", filepath.Base(file.Path))
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s is written. Next: eksnet plan %s, then pulumi stack init %[2]s\n", here.Near(file.Path), c.stack)
	return err
}

// createFile writes a file that does not exist yet. A file that cannot be written whole is removed.
func createFile(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}
