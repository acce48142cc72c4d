package terraform

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
)

// diagnostic is a message of terraform with -json (developer.hashicorp.com/terraform/internals/machine-readable-ui,
// developer.hashicorp.com/terraform/cli/commands/validate#json).
type diagnostic struct {
	Severity, Summary, Detail, Address string
	Snippet                            struct{ Context string }
}

// resource returns the address of the resource that the message is about, "" for none.
func (d diagnostic) resource() string {
	return cmp.Or(d.Address, strings.TrimPrefix(d.Snippet.Context, "resource."))
}

// errorsIn returns the errors in the output of a command with -json in one line each, with the resource first. The
// output is one object with all messages, or one object a line.
func errorsIn(output []byte) []string {
	var lines []string
	add := func(d diagnostic) {
		if d.Severity != "error" {
			return
		}
		line := strings.Join(strings.Fields(d.Summary+": "+d.Detail), " ")
		if at := d.resource(); at != "" {
			line = at + ": " + line
		}
		lines = append(lines, strings.TrimSuffix(line, ":"))
	}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var message struct {
			Diagnostic  *diagnostic
			Diagnostics []diagnostic
		}
		if decoder.Decode(&message) != nil {
			return lines
		}
		if message.Diagnostic != nil {
			add(*message.Diagnostic)
		}
		for _, d := range message.Diagnostics {
			add(d)
		}
	}
}
