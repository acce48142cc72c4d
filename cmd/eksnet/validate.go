package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	here "eksnet/internal/project"
	"eksnet/internal/stackfile"
)

// validation is what validate reports of a stack file.
type validation struct {
	Stack    string        `json:"stack"`
	File     string        `json:"file"`
	Valid    bool          `json:"valid"`
	Problems here.Problems `json:"problems"`
}

// validate is the command validate. It reports the problems of all stack files, and not of the first one only.
func (c call) validate(out, complaints io.Writer) int {
	stacks := c.words
	if len(stacks) == 0 {
		all, err := stackfile.Stacks(c.dir)
		if err != nil {
			return c.refuse(out, complaints, err)
		}
		stacks = all
	}
	report := struct {
		Valid  bool         `json:"valid"`
		Stacks []validation `json:"stacks"`
	}{true, []validation{}}
	for _, stack := range stacks {
		v, err := validateStack(c.dir, stack)
		if err != nil {
			complain(complaints, err)
		} else if !c.json {
			fmt.Fprintf(out, "%s: valid\n", filepath.Base(v.File))
		}
		report.Valid = report.Valid && v.Valid
		report.Stacks = append(report.Stacks, v)
	}
	if c.json {
		if err := writeJSON(out, report); err != nil {
			return complain(complaints, err)
		}
	}
	if !report.Valid {
		return misused
	}
	return planned
}

// validateStack returns the problems of a stack file, and as an error too.
func validateStack(dir, stack string) (validation, error) {
	file, err := stackfile.File(dir, stack)
	if err == nil {
		_, _, err = stackfile.Load(dir, stack)
	}
	v := validation{stack, file, err == nil, here.Problems{}}
	if err != nil && !errors.As(err, &v.Problems) {
		v.Problems = here.Problems{{File: file, Message: err.Error()}}
	}
	return v, err
}
