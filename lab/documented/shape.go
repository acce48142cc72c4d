package documented

import (
	"fmt"
	"regexp"
	"strings"
)

// rest matches any number of lines, of words of a line, or of characters of a word.
const rest = "…"

// Compare returns the differences between the output of a command and that of the document. Lines have the same shape
// if they differ only in numbers, and in names that are generated. Their order does not matter.
func Compare(documented []string, output string) (differences []string) {
	var lines []string
	for _, line := range strings.Split(output, "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	m := matching{lines: lines, of: make([]int, len(lines))}
	isWhole := len(documented) > 0
	for _, line := range documented {
		if strings.TrimSpace(line) == rest {
			isWhole = false
			continue
		}
		m.shapes = append(m.shapes, shapeOf(line))
		if !m.assign(len(m.shapes), make([]bool, len(lines))) {
			differences = append(differences, fmt.Sprintf("no line is like %q", line))
		}
	}
	for i, shape := range m.of {
		if isWhole && len(differences) == 0 && shape == 0 {
			differences = append(differences, fmt.Sprintf("the document has no line like %q", lines[i]))
		}
	}
	return differences
}

// matching assigns a line of the output to each line of the document. A line may have the shape of several, so an
// earlier one gets another line if a later one has no other
// (en.wikipedia.org/wiki/Maximum_cardinality_matching).
type matching struct {
	lines  []string
	shapes []*regexp.Regexp
	of     []int // the number of the shape of each line, counted from 1; 0 for none
}

// assign assigns a line that has not been tried to the shape with a number, and reports whether there is one.
func (m *matching) assign(shape int, tried []bool) bool {
	for i, line := range m.lines {
		if tried[i] || !m.shapes[shape-1].MatchString(line) {
			continue
		}
		tried[i] = true
		if m.of[i] == 0 || m.assign(m.of[i], tried) {
			m.of[i] = shape
			return true
		}
	}
	return false
}

// shapeOf returns the expression that lines of the same shape match.
func shapeOf(line string) *regexp.Regexp {
	words := strings.Fields(line)
	for i, word := range words {
		if words[i] = wordShape(word); word == rest || i == len(words)-1 && strings.HasSuffix(word, rest) {
			words[i] += `.*`
		}
	}
	return regexp.MustCompile(`^\s*` + strings.Join(words, `\s+`) + `\s*$`)
}

var (
	piece = regexp.MustCompile(rest + `|[0-9A-Za-z]+`)
	// durations are ages such as 23s and 2m3s, hardware addresses such as ce:be:1a:92:bb:a4, and numbers in parentheses.
	duration = regexp.MustCompile(`^\(?(\d+[smhd])+\)?$`)
	hardware = regexp.MustCompile(`^([0-9a-f]{2}:){5}[0-9a-f]{2}$`)
	// The suffix of a pod's name (k8s.io/apimachinery/pkg/util/rand) and the name of a chain of kube-proxy.
	suffix = regexp.MustCompile(`^[bcdfghjklmnpqrstvwxz2456789]{5}$`)
	chain  = regexp.MustCompile(`^[A-Z0-9]{16}$`)
	digits = regexp.MustCompile(`\d+`)
	// The zone in a name such as ap-northeast-2a is one too: where pods are depends on the scheduler.
	hexadecimal = regexp.MustCompile(`^[0-9a-f]+$`)
)

// wordShape returns the expression for a word: numbers may be other ones, and generated names too.
func wordShape(word string) string {
	if duration.MatchString(word) || hardware.MatchString(word) {
		return `\S+`
	}
	var shape strings.Builder
	at := 0
	for _, span := range piece.FindAllStringIndex(word, -1) {
		shape.WriteString(regexp.QuoteMeta(word[at:span[0]]))
		shape.WriteString(pieceShape(word[span[0]:span[1]]))
		at = span[1]
	}
	return shape.String() + regexp.QuoteMeta(word[at:])
}

func pieceShape(p string) string {
	const generated = 5 // characters at least
	number := digits.MatchString(p)
	switch {
	case p == rest:
		return `\S*`
	case number && hexadecimal.MatchString(p):
		return `[0-9a-f]+`
	case number && len(p) >= generated || suffix.MatchString(p) || chain.MatchString(p):
		return `[0-9A-Za-z]+`
	}
	return digits.ReplaceAllString(regexp.QuoteMeta(p), `\d+`)
}
