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

// refusal is the line of an operation's errors that tells of a resource, "type name: message". Without a resource it is the first in
// the order of the words. What the world does not know, and a program that fails by itself, prove nothing: that is an error.
func refusalLine(lines []string, of urn.URN) (string, error) {
	var told []string
	for _, line := range lines {
		head, message, _ := strings.Cut(line, ": ")
		token, name, _ := strings.Cut(head, " ")
		switch {
		case strings.Contains(line, "the simulated account") || strings.Contains(line, "the program panicked"):
			return "", errors.New(line)
		case of == "" || token == string(of.Type()) && name == of.Name():
			told = append(told, shortenMessage(token, message))
		}
	}
	if len(told) == 0 {
		return "", fmt.Errorf("no resource is refused: %s", strings.Join(lines, "; "))
	}
	return slices.Min(told), nil
}

// remainder is what a destroy that went through has left, "" for nothing.
func firstLeftover(state *engine.State, leftovers []world.Leftover) string {
	for _, l := range leftovers {
		return shortenMessage(l.Type, fmt.Sprintf("left over: %s (%s)", l.ID, l.Reason))
	}
	for _, r := range state.Resources() {
		return shortenMessage(string(r.Type), "is still in the state")
	}
	return ""
}

// shortenings leave of a message what tells most, and nothing that differs from run to run: "…" stands for what is left out.
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
}

// shortened is a message behind the last word of its resource's type, such as NodeGroup.
func shortenMessage(token, message string) string {
	for _, s := range messageShortenings {
		message = s.pattern.ReplaceAllString(message, s.by)
	}
	if token == "" {
		return message
	}
	return token[strings.LastIndex(token, ":")+1:] + ": " + message
}
