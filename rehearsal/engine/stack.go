package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/esc"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"eksnet/internal/project"
)

// Stack is a stack file as `pulumi up` reads it: merged with the project's defaults and checked against the project's
// types.
type Stack struct {
	Name string
	// Root is the directory of Pulumi.yaml, absolute.
	Root string
	// File is the path of the stack file.
	File    string
	Project *workspace.Project
	Config  config.Map

	name tokens.StackName
}

// LoadStack reads Pulumi.yaml and Pulumi.<name>.yaml in a directory with Pulumi's own loading and validation. Every
// error names the file and what to do.
func LoadStack(root, name string) (*Stack, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	declared, err := loadProject(root)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, declared.StackConfigDir)
	stack := &Stack{Name: name, Root: root, Project: declared, File: filepath.Join(dir, "Pulumi."+name+".yaml")}
	if stack.name, err = tokens.ParseStackName(name); err != nil {
		return nil, fmt.Errorf("stack %q: %w; %s", name, err, listStacks(dir))
	}
	if _, err := os.Stat(stack.File); err != nil {
		return nil, fmt.Errorf("no stack %q: %s does not exist; %s", name, stack.File, listStacks(dir))
	}
	if err := stack.load(); err != nil {
		return nil, project.Locate(stack.File, err)
	}
	return stack, nil
}

// Stacks returns the names of the stack files in a directory.
func Stacks(root string) []string {
	files, err := filepath.Glob(filepath.Join(root, "Pulumi.*.yaml"))
	if err != nil {
		return nil
	}
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Settings returns the configuration as the program receives it: by keys such as "eksnet:cluster", objects as JSON.
func (s *Stack) Settings() (map[string]string, error) {
	values, err := s.Config.Decrypt(config.NopDecrypter)
	if err != nil {
		return nil, err
	}
	settings := make(map[string]string, len(values))
	for key, value := range values {
		settings[key.String()] = value
	}
	return settings, nil
}

func loadProject(root string) (*workspace.Project, error) {
	file := filepath.Join(root, "Pulumi.yaml")
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s does not exist; name the directory of the project", file)
	}
	project, err := workspace.LoadProject(file)
	if err != nil {
		return nil, oneLine(fmt.Errorf("project file: %w", err))
	}
	return project, nil
}

// load reads the stack file and merges the project's configuration into it.
func (s *Stack) load() error {
	sink := diag.DefaultSink(io.Discard, io.Discard, diag.FormatOptions{Color: colors.Never})
	file, err := workspace.LoadProjectStack(sink, s.Project, s.File)
	if err != nil {
		return oneLine(err)
	}
	text, err := os.ReadFile(s.File)
	if err != nil {
		return err
	}
	if err := project.CheckOneDocument(text); err != nil {
		return err
	}
	if file.Environment != nil && len(file.Environment.Imports()) > 0 {
		return errors.New("environment: a rehearsal does not connect to Pulumi Cloud, which stores environments; rehearse a stack file that contains the values itself")
	}
	s.Config = file.Config
	if s.Config == nil {
		s.Config = config.Map{}
	}
	if secret := s.Config.SecureKeys(); len(secret) > 0 {
		slices.SortFunc(secret, func(a, b config.Key) int { return strings.Compare(a.String(), b.String()) })
		return fmt.Errorf("config %s is encrypted and a rehearsal has no passphrase; rehearse a stack file with a plain value instead", secret[0])
	}
	err = workspace.ValidateStackConfigAndApplyProjectConfig(context.Background(), s.Name, s.Project, esc.Value{},
		s.Config, config.NopEncrypter, config.NopDecrypter)
	if err != nil {
		return fmt.Errorf("%w (as Pulumi.yaml declares it)", oneLine(err))
	}
	return nil
}

func listStacks(dir string) string {
	names := Stacks(dir)
	if len(names) == 0 {
		return "there is no stack file (Pulumi.<stack>.yaml) in " + dir
	}
	return "stacks that exist: " + strings.Join(names, ", ")
}

// oneLine returns an error with its text in one line.
func oneLine(err error) error {
	return errors.New(flatten(err.Error()))
}

func flatten(text string) string { return strings.Join(strings.Fields(text), " ") }
