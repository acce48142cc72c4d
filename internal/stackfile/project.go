package stackfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"eksnet/config"
	here "eksnet/internal/project"
)

// project is what a Pulumi.yaml says.
type project struct {
	Name           string         `yaml:"name"`
	StackConfigDir string         `yaml:"stackConfigDir"`
	Config         map[string]any `yaml:"config"`

	dir string
}

// openProject reads Pulumi.yaml of a folder, or of the nearest one upwards that has it if the folder is "".
func openProject(dir string) (*project, error) {
	if dir == "" {
		var err error
		if dir, err = here.Root(); err != nil {
			return nil, fmt.Errorf("%w; specify the project's directory: -C DIR", err)
		}
	}
	p := &project{dir: dir}
	file := filepath.Join(dir, "Pulumi.yaml")
	if err := readYAML(file, p); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s does not exist; specify the project's directory: -C DIR", file)
	} else if err != nil {
		return nil, err
	}
	if p.Name != config.Namespace {
		return nil, fmt.Errorf("%s is of project %q, not of %s; specify eksnet's directory: -C DIR", file, p.Name, config.Namespace)
	}
	return p, nil
}

// stackFile is the file of a stack, which must exist.
func (p *project) stackFile(stack string) (string, error) {
	dir := filepath.Join(p.dir, p.StackConfigDir)
	names := List(dir)
	exist := "existing stacks: " + strings.Join(names, ", ")
	if len(names) == 0 {
		exist = "there is no stack file (Pulumi.STACK.yaml) in " + dir
	}
	switch near := config.Near(stack, names); {
	case stack == "":
		return "", fmt.Errorf("no stack named; %s", exist)
	case here.CheckStackName(stack) != nil:
		return "", here.CheckStackName(stack)
	case slices.Contains(names, stack):
		return filepath.Join(dir, "Pulumi."+stack+".yaml"), nil
	case near != "":
		return "", fmt.Errorf("no stack %q (did you mean %s?); %s", stack, near, exist)
	default:
		return "", fmt.Errorf("no stack %q; %s", stack, exist)
	}
}

// List returns the names of the stack files in a folder.
func List(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "Pulumi.*.yaml"))
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// readYAML reads a file; the error names it.
func readYAML(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return here.Locate(file, decodeYAML(text, into))
}

// decodeYAML decodes the text of a file.
func decodeYAML(text []byte, into any) error {
	if err := yaml.Unmarshal(text, into); err != nil {
		return err
	}
	return here.CheckOneDocument(text)
}
