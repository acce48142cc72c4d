package project

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"eksnet/config"
)

// Problem is one reason for which a command did nothing.
type Problem struct {
	// File, Line and Column, from 1, are where it is, "" and 0 where that is not known.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Path is the setting, such as network.cidr, "" for a problem of the whole file or of the call.
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

// position is the place of the problem in the form that editors and terminals open: Pulumi.dev.yaml:4, or the file
// alone.
func (m Problem) position() string {
	if m.Line == 0 {
		return Near(m.File)
	}
	return fmt.Sprintf("%s:%d", Near(m.File), m.Line)
}

// Problems is the error of a stack file with one or more problems.
type Problems []Problem

func (m Problems) Error() string {
	switch {
	case len(m) == 1 && m[0].Path == "":
		return m[0].position() + ": " + m[0].Message
	case len(m) == 1:
		return fmt.Sprintf("%s: the stack file has a problem: %s: %s", m[0].position(), m[0].Path, m[0].Message)
	}
	lines := []string{fmt.Sprintf("%s: the stack file has %d problems:", Near(m[0].File), len(m))}
	for _, problem := range m {
		line := problem.Path + ": " + problem.Message
		if problem.Line > 0 {
			line = problem.position() + ": " + line
		}
		lines = append(lines, "  "+line)
	}
	return strings.Join(lines, "\n")
}

// yamlLine is how gopkg.in/yaml.v3 begins what it reports of a line.
var yamlLine = regexp.MustCompile(`line (\d+): ([^\n]+)`)

// Locate finds the problems of a stack file that an error is about in the file, with their positions as far as they are
// known.
func Locate(file string, err error) error {
	if err == nil {
		return nil
	}
	var refused config.Problems
	var problems Problems
	switch {
	case errors.As(err, &refused):
		positions := positionsOf(file)
		for _, p := range refused {
			line, column := positions.find(p.Path)
			problems = append(problems, Problem{file, line, column, p.Path, p.Message})
		}
	case yamlLine.MatchString(err.Error()):
		found := yamlLine.FindStringSubmatch(err.Error()) // what follows it may follow from it
		line, _ := strconv.Atoi(found[1])
		problems = Problems{{File: file, Line: line, Message: "YAML: " + found[2]}}
	default:
		return fmt.Errorf("%s: %w", Near(file), err)
	}
	return problems
}

// WriteJSON writes an error as JSON: its problems, or itself as one without a position.
func WriteJSON(out io.Writer, err error) error {
	var problems Problems
	if !errors.As(err, &problems) {
		problems = Problems{{Message: err.Error()}}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(map[string]Problems{"problems": problems})
}

// Near is a file's path from the working directory where the file is below it, and its own path elsewhere.
func Near(file string) string {
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	if below, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(below) {
		return below
	}
	return file
}
