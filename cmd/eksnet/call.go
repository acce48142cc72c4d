package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"eksnet/internal/commandline"
	"eksnet/internal/newstack"
)

// The commands.
const (
	planCommand       = "plan"
	pathCommand       = "path"
	speedCommand      = "speed"
	validateCommand   = "validate"
	initCommand       = "init"
	schemaCommand     = "schema"
	completionCommand = "completion"
	// completeCommand prints what a shell can complete a command line with, for the scripts of completion.
	completeCommand = "__complete"
)

// command is what a command takes besides options.
type command struct {
	name string
	// words are the least and the most words, and taken what they are, for errors.
	least, most int
	taken       string
}

// many is the most words of a command that takes any number of them.
const many = 1 << 16

var commands = []command{
	{planCommand, 0, 1, "one stack"},
	{pathCommand, 0, 2, "one stack and one workload"},
	{speedCommand, 0, 2, "one stack and one workload"},
	{validateCommand, 0, many, "stacks"},
	{initCommand, 1, 1, "one stack"},
	{schemaCommand, 0, 0, "nothing"},
	{completionCommand, 1, 1, "one shell"},
}

// commandNames are the names of the commands, in the order of the usage.
func commandNames() []string {
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	return names
}

// call is what the command line asks for.
type call struct {
	command, stack, dir string
	json                bool
	// words are all words after the command, the stack among them.
	words []string
	// workload is the one whose path or speed is asked for, "" for all paths.
	workload string
	// zone is the zone whose failure plan shows, "" for none.
	zone string
	// svg is the file for the drawing, "" for none.
	svg   string
	speed speedOptions
	// file is what init writes.
	file newstack.Options
}

// flags returns the options of all commands. The usage of one that not all commands have begins with their names.
func (c *call) flags() *flag.FlagSet {
	flags := flag.NewFlagSet("eksnet", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&c.json, "json", false, "plan, path, speed, validate: print JSON, and nothing else, on standard output")
	flags.Func("svg", "plan, speed: draw the network, or the speeds, into this `file`, which is overwritten; - is standard output, with nothing else on it", c.draw)
	flags.StringVar(&c.zone, "without-zone", "", "plan: show what is left while this `zone` fails, in the place of the plan")
	flags.IntVar(&c.speed.seconds, "seconds", 10, "speed: the length of a run in `seconds`")
	flags.IntVar(&c.speed.runs, "runs", 1, "speed: the `number` of runs of each measurement, whose median counts")
	flags.StringVar(&c.speed.kubeconfig, "kubeconfig", "", "speed: the `file` that kubectl uses (default: KUBECONFIG, or ~/.kube/config)")
	flags.StringVar(&c.speed.context, "context", "", "speed: the `name` of the context that kubectl uses (default: the current one)")
	flags.StringVar(&c.file.Region, "region", "", "init: the `region` of the stack, such as ap-northeast-2; required")
	flags.StringVar(&c.file.Zones, "zones", "", "init: two to four `zones`, such as a,b,c or ap-northeast-2a,ap-northeast-2c; required")
	flags.StringVar(&c.file.Account, "account", "", "init: the `id` of the only AWS account in which the stack may be created; required")
	flags.StringVar(&c.file.Endpoint, "endpoint", "", "init: the `ranges` from which the cluster's API accepts connections over the internet, such as 203.0.113.7/32, or private for none; required")
	flags.StringVar(&c.file.CIDR, "cidr", newstack.CIDR, "init: the `range` of the VPC")
	flags.StringVar(&c.file.Cluster, "cluster", "", "init: the `name` of the cluster (default: the name of the stack)")
	flags.StringVar(&c.file.InstanceTypes, "instance-types", newstack.InstanceTypes, "init: the instance `types` of the node group")
	flags.StringVar(&c.file.Workloads, "workloads", newstack.Workloads, "init: the workloads as a `list` of NAME=KIND, such as echo=nlb,shop=alb; none for no workload")
	flags.StringVar(&c.dir, "C", "", "the project's `directory` (default: the nearest one with Pulumi.yaml, from the current directory upwards)")
	flags.StringVar(&c.dir, "root", "", "the same as -C")
	return flags
}

// commandsOf returns the commands that have an option, nil for all.
func commandsOf(f *flag.Flag) []string {
	before, _, some := strings.Cut(f.Usage, ": ")
	names := strings.Split(before, ", ")
	unknown := func(name string) bool { return !slices.Contains(commandNames(), name) }
	if !some || slices.ContainsFunc(names, unknown) {
		return nil
	}
	return names
}

// parse reads the command line; flags may stand before and after the stack.
func parse(args []string, complaints io.Writer) (call, error) {
	var c call
	flags := c.flags()
	words, err := commandline.Words(flags, args, usage, complaints)
	if err != nil {
		return c, err
	}
	if err := c.take(words); err != nil {
		return c, err
	}
	return c, c.checkOptions(flags)
}

// checkOptions refuses options of another command.
func (c call) checkOptions(flags *flag.FlagSet) error {
	var misplaced error
	flags.Visit(func(f *flag.Flag) {
		if names := commandsOf(f); names != nil && !slices.Contains(names, c.command) {
			misplaced = fmt.Errorf("-%s is an option of %s; see eksnet -h", f.Name, strings.Join(names, ", "))
		}
	})
	switch {
	case misplaced != nil:
		return misplaced
	case c.command == speedCommand:
		return c.speed.check()
	case c.zone != "" && c.svg != "":
		return errors.New("-without-zone has no drawing; leave -svg out, or draw the network without it")
	case c.json && c.svg == standardOutput:
		return errors.New("-json and -svg - both write to standard output; name a file for the drawing, such as -svg network.svg")
	}
	return nil
}

// take reads what is no flag: the command, the stack, and of path and speed the workload.
func (c *call) take(words []string) error {
	if len(words) == 0 {
		return errors.New("no command; see eksnet -h")
	}
	c.command, c.words = words[0], words[1:]
	i := slices.Index(commandNames(), c.command)
	if i < 0 {
		return fmt.Errorf("unknown command %q; accepted: %s; see eksnet -h", c.command, strings.Join(commandNames(), ", "))
	}
	if given := len(c.words); given < commands[i].least || given > commands[i].most {
		return fmt.Errorf("%q: %s takes %s; see eksnet -h", strings.Join(c.words, " "), c.command, commands[i].taken)
	}
	padded := append(slices.Clone(c.words), "", "")
	c.stack, c.workload = padded[0], padded[1]
	return nil
}

// draw is -svg.
func (c *call) draw(file string) error {
	if file == "" {
		return errors.New("no file named; write one, such as network.svg")
	}
	c.svg = file
	return nil
}
