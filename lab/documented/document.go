// Package documented runs the commands that a document shows, and compares their output with the document.
package documented

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Command is a command of a document, with the output that the document shows.
type Command struct {
	Line int // of the document
	Text string
	// Output holds lines. One that is "…" matches any number of lines.
	Output []string
	// Skipped is why the command is not run, "" if it is.
	Skipped string
}

// skipMark begins the comment before a block of commands that are not run.
const skipMark = "<!-- not run: "

// Read returns the commands of a document: lines that begin with "$ " in its code blocks. A command that the shell
// considers incomplete continues in the next line.
func Read(file string) ([]Command, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var commands []Command
	inBlock, reason, indentation := false, "", ""
	for i, line := range strings.Split(string(text), "\n") {
		if trimmed := strings.TrimLeft(line, " "); !inBlock && strings.HasPrefix(trimmed, "```") {
			indentation = strings.TrimSuffix(line, trimmed) // that of a list
		}
		line = strings.TrimPrefix(line, indentation)
		switch {
		case strings.HasPrefix(line, "```"):
			if inBlock = !inBlock; !inBlock {
				reason, indentation = "", ""
			}
		case strings.HasPrefix(line, skipMark):
			reason = strings.TrimSuffix(strings.TrimPrefix(line, skipMark), " -->")
		case !inBlock:
		case strings.HasPrefix(line, "$ "):
			commands = append(commands, Command{Line: i + 1, Text: line[2:], Skipped: reason})
		case len(commands) > 0 && commands[len(commands)-1].continues(i):
			commands[len(commands)-1].Text += "\n" + line
		case len(commands) > 0 && strings.TrimSpace(line) != "":
			last := &commands[len(commands)-1]
			last.Output = append(last.Output, line)
		}
	}
	if inBlock {
		return nil, fmt.Errorf("%s: a code block has no end", file)
	}
	return commands, nil
}

// continues reports whether line i of the document, counted from 0, continues the command.
func (c *Command) continues(i int) bool {
	isNext := len(c.Output) == 0 && i == c.Line+strings.Count(c.Text, "\n")
	return isNext && (strings.HasSuffix(c.Text, `\`) || exec.Command("bash", "-n", "-c", c.Text).Run() != nil)
}
