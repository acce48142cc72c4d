package main

import (
	"fmt"
	"strings"
)

// call is what the flags of all commands say.
type call struct {
	stack, dir string
	outside    bool
	// json asks for JSON, and verbose for what a person seldom needs.
	json, verbose bool
}

// command is another command with the same flags.
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

// quote is an argument as a shell takes it.
func quote(argument string) string {
	if argument != "" && strings.Trim(argument, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+:@%,") == "" {
		return argument
	}
	return "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
}
