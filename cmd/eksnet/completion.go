package main

import (
	_ "embed"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/stackfile"
	"eksnet/plan"
)

// The scripts ask the command itself what a line can be completed with, so that shells differ in the call only.
var (
	//go:embed completion/bash
	bashCompletion string
	//go:embed completion/zsh
	zshCompletion string
	//go:embed completion/fish
	fishCompletion string
)

var completions = map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}

// writeCompletion is the command completion.
func writeCompletion(shell string, out io.Writer) error {
	script, some := completions[shell]
	if !some {
		return fmt.Errorf("no completion for the shell %q; accepted: %s", shell, strings.Join(slices.Sorted(maps.Keys(completions)), ", "))
	}
	_, err := io.WriteString(out, script)
	return err
}

// Answers of complete that are no words: the shell completes names of files or directories.
const (
	anyFile      = ":files"
	anyDirectory = ":directories"
)

// complete prints the words with which the last one of a command line can be completed, one a line: none if the line is
// wrong or a file cannot be read.
func complete(words []string, out io.Writer) int {
	if len(words) == 0 {
		words = []string{""}
	}
	last, before := words[len(words)-1], words[:len(words)-1]
	for _, candidate := range candidates(before, last) {
		if strings.HasPrefix(candidate, last) || strings.HasPrefix(candidate, ":") {
			fmt.Fprintln(out, candidate)
		}
	}
	return planned
}

// candidates returns what can follow some words of a command line. The last word says only whether it is an option.
func candidates(before []string, last string) []string {
	var c call
	flags := c.flags()
	var words []string
	for i := 0; i < len(before); i++ {
		name, isFlag := strings.CutPrefix(before[i], "-")
		f := flags.Lookup(strings.TrimPrefix(name, "-"))
		switch {
		case !isFlag || name == "":
			words = append(words, before[i])
		case f == nil || isSwitch(f):
		case i == len(before)-1:
			return c.optionValues(f.Name, words)
		default:
			i++
			_ = flags.Set(f.Name, before[i]) // a wrong value is reported when the command runs
		}
	}
	switch {
	case len(words) == 0 && !strings.HasPrefix(last, "-"):
		return commandNames()
	case strings.HasPrefix(last, "-"):
		return optionsOf(flags, words)
	default:
		return c.wordValues(words)
	}
}

// isSwitch reports whether an option has no value.
func isSwitch(f *flag.Flag) bool {
	boolean, is := f.Value.(interface{ IsBoolFlag() bool })
	return is && boolean.IsBoolFlag()
}

// optionsOf returns the options of the command in some words, or of all commands.
func optionsOf(flags *flag.FlagSet, words []string) []string {
	var names []string
	flags.VisitAll(func(f *flag.Flag) {
		if of := commandsOf(f); of == nil || len(words) == 0 || slices.Contains(of, words[0]) {
			names = append(names, "-"+f.Name)
		}
	})
	return names
}

// optionValues returns the values of an option, as far as they are known.
func (c call) optionValues(option string, words []string) []string {
	switch option {
	case "svg", "kubeconfig":
		return []string{anyFile}
	case "C", "root":
		return []string{anyDirectory}
	case "region":
		return plan.Regions()
	case "endpoint":
		return []string{"private"}
	case "without-zone":
		if len(words) > 1 {
			return stackfile.Read(c.dir, words[1]).Network.Zones
		}
	}
	return nil
}

// wordValues returns what can follow the command and its first words.
func (c call) wordValues(words []string) []string {
	given := words[1:]
	switch command := words[0]; {
	case command == completionCommand && len(given) == 0:
		return slices.Sorted(maps.Keys(completions))
	case command == validateCommand:
		return slices.DeleteFunc(c.stacks(), func(stack string) bool { return slices.Contains(given, stack) })
	case len(given) == 0 && slices.Contains([]string{planCommand, pathCommand, speedCommand}, command):
		return c.stacks()
	case len(given) == 1 && (command == pathCommand || command == speedCommand):
		return c.workloads(command, given[0])
	}
	return nil
}

// stacks returns the stacks of the project.
func (c call) stacks() []string {
	stacks, _ := stackfile.Stacks(c.dir) // without a project there are none
	return stacks
}

// workloads returns the workloads of a stack that a command is about.
func (c call) workloads(command, stack string) []string {
	workloads := stackfile.Read(c.dir, stack).Workloads
	return slices.DeleteFunc(slices.Sorted(maps.Keys(workloads)), func(name string) bool {
		return command == speedCommand && workloads[name].Kind != config.KindSpeed
	})
}
