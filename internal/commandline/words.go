// Package commandline reads the command lines of the project's programs.
package commandline

import (
	"errors"
	"flag"
	"fmt"
	"io"
)

// Words parses the flags in the arguments of a program and returns its other arguments, between which flags may be.
// With -h it prints usage and the flags, and returns flag.ErrHelp. All other errors name the help.
func Words(flags *flag.FlagSet, args []string, usage string, printed io.Writer) (words []string, err error) {
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(printed, usage)
			flags.SetOutput(printed)
			flags.PrintDefaults()
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("%w; see %s -h", err, flags.Name())
		}
		if flags.NArg() == 0 {
			return words, nil
		}
		words, args = append(words, flags.Arg(0)), flags.Args()[1:]
	}
}
