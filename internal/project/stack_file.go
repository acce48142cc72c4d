package project

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"gopkg.in/yaml.v3"
)

var stackName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// CheckStackName returns an error for a name that Pulumi refuses for a stack (github.com/pulumi/pulumi/sdk/v3,
// go/common/tokens/stack_name.go).
func CheckStackName(name string) error {
	if !stackName.MatchString(name) {
		return fmt.Errorf("stack name %q (%d characters): Pulumi accepts up to 100 letters, digits, -, _ and .; rename Pulumi.STACK.yaml", name, len(name))
	}
	return nil
}

// CheckOneDocument returns an error for a second YAML document in a stack file: Pulumi reads only the first.
func CheckOneDocument(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var first, second yaml.Node
	if err := decoder.Decode(&first); err != nil {
		return nil // empty, or invalid, which the reader of the content reports
	}
	if err := decoder.Decode(&second); errors.Is(err, io.EOF) {
		return nil
	}
	return errors.New("a second YAML document (after ---), which Pulumi ignores; keep one, and write all keys under its config")
}
