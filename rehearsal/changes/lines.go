package changes

import (
	"slices"
	"strings"

	"eksnet/rehearsal/engine"
)

// Changed lists the resources that an operation changes, a line each, sorted: "update NodeGroup changes-general
// (scalingConfig)". Types of AWS and Kubernetes are without their package.
func Changed(changes []engine.Change) []string {
	var lines []string
	for _, c := range changes {
		if strings.HasPrefix(c.Type, "aws:") || strings.HasPrefix(c.Type, "kubernetes:") {
			c.Type = c.Type[strings.LastIndex(c.Type, ":")+1:]
		}
		lines = append(lines, c.String())
	}
	slices.Sort(lines)
	return lines
}

// Lines are the lines of a text without the space around them, sorted; empty ones are left out.
func Lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	slices.Sort(all)
	return all
}

// Each puts an operation before each line of a text.
func Each(operation, text string) string {
	var all []string
	for _, line := range Lines(text) {
		all = append(all, operation+" "+line)
	}
	return strings.Join(all, "\n")
}

// Previewed are the resources of lines that a preview shows too, without their properties. The next version of a launch
// template is for AWS to give, so a preview may not show the node group that changes in it alone.
func Previewed(lines []string) []string {
	var all []string
	for _, line := range lines {
		if resource, properties, _ := strings.Cut(line, " ("); !strings.HasSuffix(properties, "launchTemplate.version)") {
			all = append(all, resource)
		}
	}
	return all
}
