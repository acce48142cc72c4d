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

// Mistake is one reason for which a command did nothing.
type Mistake struct {
	// File, Line and Column, from 1, are where it is, "" and 0 where that is not known.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	// Path is the setting, such as network.cidr, "" for a mistake of the whole file or of the call.
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
}

// position is the place of the mistake in the form that editors and terminals open: Pulumi.dev.yaml:4, or the file
// alone.
func (m Mistake) position() string {
	if m.Line == 0 {
		return near(m.File)
	}
	return fmt.Sprintf("%s:%d", near(m.File), m.Line)
}

// Mistakes is the error of a stack file with one or more mistakes.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	switch {
	case len(m) == 1 && m[0].Path == "":
		return m[0].position() + ": " + m[0].Message
	case len(m) == 1:
		return fmt.Sprintf("%s: the stack file has a problem: %s: %s", m[0].position(), m[0].Path, m[0].Message)
	}
	lines := []string{fmt.Sprintf("%s: the stack file has %d problems:", near(m[0].File), len(m))}
	for _, mistake := range m {
		line := mistake.Path + ": " + mistake.Message
		if mistake.Line > 0 {
			line = mistake.position() + ": " + line
		}
		lines = append(lines, "  "+line)
	}
	return strings.Join(lines, "\n")
}

// yamlLine is how gopkg.in/yaml.v3 begins what it reports of a line.
var yamlLine = regexp.MustCompile(`line (\d+): ([^\n]+)`)

// Locate finds the mistakes of a stack file that an error is about in the file, with their positions as far as they are
// known.
func Locate(file string, err error) error {
	if err == nil {
		return nil
	}
	var problems config.Problems
	var mistakes Mistakes
	switch {
	case errors.As(err, &problems):
		positions := positionsOf(file)
		for _, p := range problems {
			line, column := positions.find(p.Path)
			mistakes = append(mistakes, Mistake{file, line, column, p.Path, p.Message})
		}
	case yamlLine.MatchString(err.Error()):
		found := yamlLine.FindStringSubmatch(err.Error()) // what follows it may follow from it
		line, _ := strconv.Atoi(found[1])
		mistakes = Mistakes{{File: file, Line: line, Message: "YAML: " + found[2]}}
	default:
		return fmt.Errorf("%s: %w", near(file), err)
	}
	return mistakes
}

// WriteJSON writes an error as JSON: its mistakes, or itself as one without a position.
func WriteJSON(out io.Writer, err error) error {
	var mistakes Mistakes
	if !errors.As(err, &mistakes) {
		mistakes = Mistakes{{Message: err.Error()}}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(map[string]Mistakes{"mistakes": mistakes})
}

// near is a file's path from the working directory where the file is below it, and its own path elsewhere.
func near(file string) string {
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	if below, err := filepath.Rel(here, file); err == nil && filepath.IsLocal(below) {
		return below
	}
	return file
}
