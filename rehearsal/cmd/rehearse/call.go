package main

import (
	"fmt"
	"strings"

	"eksnet/rehearsal/lab"
)

// call holds the flags that all commands have.
type call struct {
	stack, dir string
	outside    bool
	lab        *lab.Connection // nil for none
	// json selects JSON as the output format, verbose adds details.
	json, verbose bool
}

// command returns another command line with the same flags.
func (c call) command(name string) string {
	text := fmt.Sprintf("bin/rehearse %s -stack %s", name, quote(c.stack))
	if c.dir != "" {
		text += " -dir " + quote(c.dir)
	}
	if c.outside {
		text += " -outside"
	}
	return text
}

// quote returns an argument quoted for a shell.
func quote(argument string) string {
	if argument != "" && strings.Trim(argument, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+:@%,") == "" {
		return argument
	}
	return "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
}
