package prove

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/world"
)

// refusalLine returns the error line of a resource, "type name: message", or the alphabetically first line if no
// resource is given. It returns an error for a request that the simulated account does not model, and for a program
// that fails by itself, because these prove nothing.
func refusalLine(lines []string, of urn.URN) (string, error) {
	var refusals []string
	for _, line := range lines {
		head, message, _ := strings.Cut(line, ": ")
		token, name, _ := strings.Cut(head, " ")
		switch {
		case strings.Contains(line, "the simulated account") || strings.Contains(line, "the program panicked"):
			return "", errors.New(line)
		case of == "" || token == string(of.Type()) && name == of.Name():
			refusals = append(refusals, shortenMessage(token, message))
		}
	}
	if len(refusals) == 0 {
		return "", fmt.Errorf("no resource is refused: %s", strings.Join(lines, "; "))
	}
	return slices.Min(refusals), nil
}

// firstLeftover returns the first leftover of a destroy that succeeded, "" for none.
func firstLeftover(state *engine.State, leftovers []world.Leftover) string {
	for _, l := range leftovers {
		return shortenMessage(l.Type, fmt.Sprintf("left over: %s (%s)", l.ID, l.Reason))
	}
	for _, r := range state.Resources() {
		return shortenMessage(string(r.Type), "is still in the state")
	}
	return ""
}

// messageShortenings keep the significant part of a message and remove everything that differs between runs. "…"
// replaces what is removed.
var messageShortenings = []struct {
	pattern *regexp.Regexp
	by      string
}{
	{regexp.MustCompile(`^.*last error: ([^ ]+: )?`), "… "},
	{regexp.MustCompile(`^.*context deadline exceeded; `), "… "},
	{regexp.MustCompile(`finalizers might be preventing deletion \([^)]*\); `), "… "},
	{regexp.MustCompile(`; does your cloud provider support this\?`), ""},
	{regexp.MustCompile(`unable to load schema information from the API server: `), "… "},
	{regexp.MustCompile(` If the cluster was deleted.*`), ""},
	{regexp.MustCompile(`^deleting .*: operation error `), "… operation error "},
	{regexp.MustCompile(` \(eni-[^)]*\)`), ""},
	{regexp.MustCompile(`ip-\d+-\d+-\d+-\d+`), "ip-…"},
	{regexp.MustCompile(`-[0-9a-f]{10}-\d+\b`), "-…"},
	{regexp.MustCompile(`(loadbalancer/\w+/k8s-\w+-\w+)-[0-9a-f]+/[0-9a-f]+`), "$1-…"},
	{regexp.MustCompile(`-[0-9a-f]{7,}\b`), "-…"},
	{regexp.MustCompile(`\bZ0000[0-9A-F]{16}\b`), "Z…"}, // a hosted zone of the stack
}

// shortenMessage returns a message after the last word of its resource's type, such as NodeGroup.
func shortenMessage(token, message string) string {
	for _, s := range messageShortenings {
		message = s.pattern.ReplaceAllString(message, s.by)
	}
	if token == "" {
		return message
	}
	return token[strings.LastIndex(token, ":")+1:] + ": " + message
}
